import assert from "node:assert/strict";
import { test } from "node:test";
import { AgproxyError, definePlugin } from "../index.ts";
import {
  openGateway,
  plainChat,
  scriptedUpstream,
  startGateway,
  summaryWatch,
} from "../testing.ts";

test("a request goes into the gateway without a port, and its answer comes back whole", async () => {
  const upstream = scriptedUpstream("hello world");
  await using open = await openGateway({ plugins: [plainChat(), upstream.plugin] });
  const answer = await open.inject({ path: "/chat", body: { model: "m", text: "hi" } });
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get("x-mapped-model"), "m");
  assert.partialDeepStrictEqual(answer.json, { text: "hello world" });
  assert.equal(Buffer.from(answer.bytes).toString(), answer.body);
  assert.deepEqual(upstream.sent[0]?.request.messages, [
    { role: "user", content: [{ type: "text", text: "hi" }] },
  ]);
  assert.throws(() => answer.events, /ends inside an event/);
  assert.ok(open.log.some(({ msg }) => msg === "exchange"));
});

test("a stream comes back as its events", async () => {
  await using open = await openGateway({
    plugins: [plainChat(), scriptedUpstream("hello world").plugin],
  });
  const { events } = await open.inject({ path: "/chat", body: { stream: true } });
  const types = events.map(({ data }) => (JSON.parse(data) as { readonly type: string }).type);
  assert.deepEqual(types, ["text", "text", "finish", "usage", "end"]);
});

test("the gateway sees where a client is, its method, its headers and its bytes", async () => {
  const seen: unknown[] = [];
  const look = definePlugin({
    name: "look",
    apply(agproxy) {
      agproxy.route("DELETE", "/notes/:name", async ({ incoming, params }) => {
        const { method, query, remoteAddress, headers } = incoming;
        seen.push(method, query.get("q"), remoteAddress, headers["x-team"], params["name"]);
        return { body: {} };
      });
      agproxy.route("POST", "/echo", async ({ json }) => ({ status: 201, body: await json() }));
    },
  });
  await using open = await openGateway({ plugins: [look] });
  await open.inject({
    method: "DELETE",
    path: "/notes/a%20b?q=1",
    headers: { "x-team": "blue" },
    remoteAddress: "10.0.0.7",
  });
  assert.deepEqual(seen, ["DELETE", "1", "10.0.0.7", "blue", "a b"]);
  for (const body of ['{"a":1}', Buffer.from('{"a":1}'), { a: 1 }]) {
    const { status, json } = await open.inject({ path: "/echo", body });
    assert.deepEqual([status, json], [201, { a: 1 }]);
  }
  assert.equal((await open.inject({ path: "/healthz" })).status, 200);
});

test("an answer that breaks off, a client that leaves and a gateway that closes reject", async () => {
  const broken = definePlugin({
    name: "broken",
    apply(agproxy) {
      agproxy.route("GET", "/broken", async () => ({
        stream: (async function* () {
          yield "data: half\n\n";
          throw new Error("no more");
        })(),
      }));
    },
  });
  let asked = Promise.withResolvers<void>();
  const silent = scriptedUpstream(async function* (_request, { exchange }) {
    asked.resolve();
    await new Promise((_, reject) => {
      exchange.incoming.signal.addEventListener("abort", () => reject(new Error("left")));
    });
    yield [];
  });
  const watch = summaryWatch();
  const open = await openGateway({ plugins: [broken, plainChat(), watch.plugin, silent.plugin] });
  await assert.rejects(open.inject({ path: "/broken" }), /aborted/);
  const leaving = new AbortController();
  const left = open.inject({ path: "/chat", body: {}, signal: leaving.signal });
  await asked.promise;
  leaving.abort();
  await assert.rejects(left, { name: "AbortError" });
  await watch.reached(1);
  assert.equal(watch.all[0]?.outcome, "aborted");
  asked = Promise.withResolvers();
  const late = open.inject({ path: "/chat", body: {} });
  await asked.promise;
  await Promise.all([assert.rejects(late, { name: "AbortError" }), open.close()]);
});

test("a gateway with a port takes both: real clients, and requests without it", async () => {
  const upstream = scriptedUpstream("hello");
  await using gateway = await startGateway({ plugins: [plainChat("/talk"), upstream.plugin] });
  const real = await fetch(`${gateway.url}/talk`, { method: "POST", body: "{}" });
  const injected = await gateway.inject({ path: "/talk", body: {} });
  assert.deepEqual(await real.json(), injected.json);
});

test("a plain chat says of a failure what failed, whole and in the stream", async () => {
  const upstream = scriptedUpstream(new AgproxyError("upstream_rejected", "No."), function* () {
    yield [{ type: "text", choice: 0, text: "half" }];
    throw new AgproxyError("upstream_cut");
  });
  const next = definePlugin({
    name: "next",
    apply: ({ hooks }) =>
      hooks.attemptFailed.tap("next", (_failure, { exchange }) =>
        exchange.request.stream ? { retry: "next account" } : undefined,
      ),
  });
  await using open = await openGateway({ plugins: [plainChat(), next, upstream.plugin] });
  const whole = await open.inject({ path: "/chat", body: {} });
  assert.equal(whole.status, 400);
  assert.partialDeepStrictEqual(whole.json, { error: { code: "upstream_rejected", param: null } });
  const { events } = await open.inject({ path: "/chat", body: { stream: true } });
  const [text, failed] = events.map(({ data }): unknown => JSON.parse(data));
  assert.deepEqual(text, { type: "text", choice: 0, text: "half" });
  assert.partialDeepStrictEqual(failed, { type: "failed", error: { code: "upstream_cut" } });
});
