/** The WebSocket form of the Responses API, which coding agents try first. */
import assert from "node:assert/strict";
import { request } from "node:http";
import { test } from "node:test";
import { auth } from "@agproxy/plugin-auth";
import { guard } from "@agproxy/plugin-guard";
import { responses } from "@agproxy/plugin-responses";
import { AgproxyError, definePlugin, type Plugin } from "agproxy";
import { type Script, scriptedUpstream, startGateway, textAnswer } from "agproxy/testing";
import { at } from "./support/json-path.ts";
import { connect } from "./support/response-socket.ts";
import {
  counting,
  type Json,
  outputText,
  responseClient,
  transcript,
} from "./support/response-client.ts";

async function start(
  script: Script = counting,
  options: Parameters<typeof responses>[0] = {},
  ...more: readonly Plugin[]
) {
  const upstream = scriptedUpstream(script);
  const plugins = [...more, responses(options), upstream.plugin];
  const gateway = await startGateway({ plugins });
  return Object.assign(gateway, {
    last: () => transcript(upstream.sent.at(-1)!.request),
    sent: upstream.sent,
  });
}

const shape = (events: readonly Json[]) =>
  events.map(({ type, sequence_number, delta }) => [type, sequence_number, delta]);

test("a turn has the same events as a stream over HTTP", async () => {
  await using gateway = await start();
  await using socket = await connect(gateway.url);
  socket.ask({ input: "one", store: false });
  const over = await socket.events();
  const http = await responseClient(gateway).stream({ input: "one", store: false });
  assert.deepEqual(shape(over), shape(http));
});

test("a warm-up and turns of a conversation that is not kept go on from each other", async () => {
  await using gateway = await start();
  await using socket = await connect(gateway.url);
  const store = false;
  const developer = { role: "developer", content: "Be brief." };
  const warm = await socket.turn({ input: [developer], store, generate: false });
  assert.deepEqual(warm["output"], []);
  assert.equal(gateway.sent.length, 0);
  const first = await socket.turn({ input: "one", store, previous_response_id: warm["id"] });
  const second = await socket.turn({ input: "two", store, previous_response_id: first["id"] });
  assert.equal(outputText(second), "reply 2");
  assert.deepEqual(gateway.last(), [
    "developer: Be brief.",
    "user: one",
    "assistant: reply 1",
    "user: two",
  ]);
  const elsewhere = await responseClient(gateway).get(`/${String(second["id"])}`);
  assert.equal(elsewhere.status, 404);
});

test("a conversation that is kept goes on over HTTP, with everything in it", async () => {
  await using gateway = await start();
  await using socket = await connect(gateway.url);
  const first = await socket.turn({ input: "one", store: false });
  const second = await socket.turn({ input: "two", previous_response_id: first["id"] });
  const http = responseClient(gateway);
  await http.create({ input: "three", previous_response_id: second["id"] });
  assert.deepEqual(gateway.last(), [
    "user: one",
    "assistant: reply 1",
    "user: two",
    "assistant: reply 2",
    "user: three",
  ]);
});

test("a conversation that is kept is not written down again with every turn", async () => {
  await using gateway = await start();
  await using socket = await connect(gateway.url);
  let previous: unknown = null;
  for (const input of ["one", "two", "three"]) {
    previous = (await socket.turn({ input, previous_response_id: previous }))["id"];
  }
  const items = await responseClient(gateway).get(`/${String(previous)}/input_items?order=asc`);
  assert.equal((items.body["data"] as unknown[]).length, 5);
});

test("a reasoning item without encrypted content has none, in whatever way it comes and is kept", async () => {
  await using gateway = await start(() => [
    [{ type: "reasoning", choice: 0, text: "Hm" }],
    ...textAnswer("Hi"),
  ]);
  await using socket = await connect(gateway.url);
  const client = responseClient(gateway);
  const given = { type: "reasoning", id: "rs_1", summary: [], content: null };
  const input = [
    { ...given, encrypted_content: null },
    { role: "user", content: "x" },
  ];
  socket.ask({ input, store: false });
  const events = await socket.events();
  const previous_response_id = at(events.at(-1), "response", "id");
  const kept = await socket.turn({ input: "y", previous_response_id });
  const path = `/${String(kept["id"])}`;
  const told = [
    ...events,
    kept,
    ...(await client.stream({ input })),
    await client.create({ input }),
    (await client.get(path)).body,
    (await client.get(`${path}/input_items?limit=100`)).body,
  ].map((body) => JSON.stringify(body));
  assert.ok(told.every((text) => !text.includes("encrypted_content")));
  assert.match(told.at(-1) ?? "", /"type":"reasoning".*"type":"reasoning"/);
});

test("what is wrong with a turn is said, and the connection goes on", async () => {
  await using gateway = await start();
  await using socket = await connect(gateway.url);
  socket.send("{");
  assert.deepEqual(at(await socket.next(), "error", "code"), "invalid_json");
  socket.ask({ input: "x", previous_response_id: "resp_unknown" });
  const lost = await socket.next();
  assert.deepEqual(
    [lost["type"], lost["status"], at(lost, "error", "code"), at(lost, "error", "param")],
    ["error", 400, "previous_response_not_found", "previous_response_id"],
  );
  socket.ask({ input: 5 });
  assert.equal(at(await socket.next(), "error", "param"), "input");
  socket.send(JSON.stringify({ type: "response.unheard_of" }));
  assert.equal(outputText(await socket.turn({ input: "x" })), "reply 1");
});

test("a message has the bounds of a body, and its refusal a log line with the address", async () => {
  await using gateway = await start();
  await using socket = await connect(gateway.url);
  const input = Array.from({ length: 400_000 }, () => ({}));
  socket.send(JSON.stringify({ type: "response.create", model: "m", input }));
  const refused = await socket.next();
  assert.deepEqual([refused["type"], refused["status"]], ["error", 400]);
  const line = gateway.log.find(({ msg }) => msg === "refused");
  assert.equal(line?.["error"], "invalid_request");
  assert.match(String(line?.["address"]), /127\.0\.0\.1|::1/);
  assert.equal(outputText(await socket.turn({ input: "x" })), "reply 1");
});

test("an upstream that refuses, and one that breaks off, fail the turn alone", async () => {
  let turn = 0;
  await using gateway = await start(async function* (request) {
    turn += 1;
    if (turn === 1) throw new AgproxyError("rate_limit_exceeded", "Slow down.");
    yield [{ type: "text", choice: 0, text: "Hel" }];
    if (turn === 2) throw new AgproxyError("upstream_cut");
    if (turn === 3) throw new AgproxyError("rate_limit_exceeded");
    yield* counting(request, undefined as never) as Iterable<never>;
  });
  await using socket = await connect(gateway.url);
  socket.ask({ input: "x" });
  const refused = await socket.next();
  assert.deepEqual([refused["status"], at(refused, "error", "code")], [429, "rate_limit_exceeded"]);
  socket.ask({ input: "x" });
  for (const expected of [
    ["error", 502, "server_error", "server_error"],
    ["error", 503, "rate_limit_exceeded", "rate_limit_error"],
  ]) {
    const error = (await socket.events()).at(-1);
    assert.deepEqual(
      [error?.["type"], error?.["status"], at(error, "error", "code"), at(error, "error", "type")],
      expected,
    );
    assert.equal((await socket.next())["type"], "response.failed");
    socket.ask({ input: "x" });
  }
  await socket.events();
  assert.match(outputText(await socket.turn({ input: "x" })), /reply 1/);
});

test("what a failed turn continued is forgotten, unless it is stored", async () => {
  const failures = ["early", "late", "input"] as const;
  for (const failure of failures) {
    let fails = false;
    await using gateway = await start(async function* (request) {
      if (fails && failure === "early") throw new AgproxyError("rate_limit_exceeded");
      if (fails) yield [{ type: "text", choice: 0, text: "Hel" }];
      if (fails) throw new AgproxyError("upstream_cut");
      yield* counting(request, undefined as never) as Iterable<never>;
    });
    await using socket = await connect(gateway.url);
    for (const store of [false, true]) {
      const other = await socket.turn({ input: "another one", store });
      const first = await socket.turn({ input: "one", store });
      fails = true;
      const again = { input: "two", store, previous_response_id: first["id"] };
      socket.ask(failure === "input" ? { ...again, input: 5 } : again);
      assert.equal((await socket.events()).at(-1)?.["type"], "error");
      if (failure === "late") assert.equal((await socket.next())["type"], "response.failed");
      fails = false;
      if (store) {
        assert.equal(outputText(await socket.turn(again)), "reply 2");
        continue;
      }
      socket.ask(again);
      assert.equal(
        at((await socket.events()).at(-1), "error", "code"),
        "previous_response_not_found",
      );
      const branch = await socket.turn({ ...again, previous_response_id: other["id"] });
      assert.equal(outputText(branch), "reply 2");
      assert.equal(outputText(await socket.turn({ input: "anew", store })), "reply 1");
    }
  }
});

test("turns that are asked for at once are answered one after the other", async () => {
  await using gateway = await start();
  await using socket = await connect(gateway.url);
  for (const input of ["a", "b", "c"]) socket.ask({ input });
  const ids = [];
  for (let turn = 0; turn < 3; turn += 1) {
    const events = await socket.events();
    const all = events.map((event) => at(event, "response", "id")).filter(Boolean);
    assert.equal(new Set(all).size, 1);
    ids.push(all[0]);
  }
  assert.equal(new Set(ids).size, 3);
});

test("the upstream call ends when the client leaves", async () => {
  const begun = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  await using gateway = await start(async function* (_request, { exchange }) {
    yield [{ type: "text", choice: 0, text: "Hel" }];
    begun.resolve();
    const { signal } = exchange.incoming;
    await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
    ended.resolve();
    throw new Error("given up");
  });
  {
    await using socket = await connect(gateway.url);
    socket.ask({ input: "x" });
    await begun.promise;
  }
  await ended.promise;
});

test("every hook runs for every turn", async () => {
  const seen: string[] = [];
  const probe = definePlugin({
    name: "probe",
    apply({ hooks }) {
      hooks.beforeAuth.tap("probe", () => void seen.push("beforeAuth"));
      hooks.resolveModel.tap("probe", () => void seen.push("resolveModel"));
      hooks.transformRequest.tap("probe", (sent) => (seen.push("transformRequest"), sent));
      hooks.transformStream.tap("probe", (events) => (seen.push("transformStream"), events));
      hooks.done.tap("probe", ({ outcome }) => void seen.push(`done ${outcome}`));
    },
  });
  await using gateway = await start(counting, {}, probe);
  await using socket = await connect(gateway.url);
  await socket.turn({ input: "a" });
  await socket.turn({ input: "b" });
  const turn = ["resolveModel", "transformRequest", "transformStream", "done ok"];
  assert.deepEqual(seen, ["beforeAuth", ...turn, ...turn]);
});

/** The status that an upgrade is answered with. */
async function upgrade(url: string, headers: Record<string, string> = {}): Promise<number> {
  const answer = Promise.withResolvers<number>();
  const asked = request(`${url}/v1/responses`, {
    headers: {
      connection: "upgrade",
      upgrade: "websocket",
      "sec-websocket-version": "13",
      "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
      ...headers,
    },
  });
  asked.on("response", (response) => {
    response.resume();
    answer.resolve(response.statusCode ?? 0);
  });
  asked.on("upgrade", (_response, socket) => {
    socket.destroy();
    answer.resolve(101);
  });
  asked.on("error", answer.reject);
  asked.end();
  return answer.promise;
}

test("only who may come in gets a connection: the key and the Origin are checked", async () => {
  const key = "key-of-anna-0123456789";
  await using gateway = await start(counting, {}, guard(), auth({ mode: "strict", keys: key }));
  const authorization = `Bearer ${key}`;
  assert.equal(await upgrade(gateway.url, { authorization }), 101);
  assert.equal(await upgrade(gateway.url), 401);
  const origin = "https://evil.example";
  assert.equal(await upgrade(gateway.url, { authorization, origin }), 403);
});

test("switched off, an upgrade is answered 426 at once", async () => {
  await using gateway = await start(counting, { websocket: false });
  assert.equal(await upgrade(gateway.url), 426);
});

/** So long that only a connection which is closed by itself says why. */
const drain = 5000;

test("when the gateway stops, an idle connection ends at once and says that it goes away", async () => {
  const plugins = [responses(), scriptedUpstream(counting).plugin];
  const gateway = await startGateway({ plugins, drain });
  const socket = await connect(gateway.url);
  await socket.turn({ input: "x" });
  await gateway.close();
  assert.equal(await socket.closed, 1001);
});

test("when the gateway stops, a turn is answered to its end, and none is begun after it", async () => {
  const begun = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  const upstream = scriptedUpstream(async function* () {
    yield [{ type: "text", choice: 0, text: "Hel" }];
    begun.resolve();
    await gate.promise;
    yield* textAnswer("lo");
  });
  const gateway = await startGateway({ plugins: [responses(), upstream.plugin], drain });
  const socket = await connect(gateway.url);
  socket.ask({ input: "x" });
  socket.ask({ input: "y" });
  await begun.promise;
  const closing = gateway.close();
  gate.resolve();
  const last = (await socket.events()).at(-1);
  assert.equal(last?.["type"], "response.completed");
  assert.equal(await socket.closed, 1001);
  await closing;
  assert.equal(upstream.sent.length, 1);
});
