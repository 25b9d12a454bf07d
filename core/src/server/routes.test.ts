import assert from "node:assert/strict";
import { test } from "node:test";
import { AgproxyError } from "../errors/agproxy-error.ts";
import { definePlugin } from "../hooks/plugin.ts";
import type { Protocol } from "../hooks/protocol.ts";
import type { Incoming } from "../hooks/stages.ts";
import { type Script, scriptedUpstream, startGateway, textAnswer } from "../testing.ts";

const shouted: Protocol = {
  name: "shouted",
  decode(body) {
    const { text, stream = false } = body as { readonly text: unknown; readonly stream?: boolean };
    if (typeof text !== "string") throw new AgproxyError("invalid_request", "No text.");
    const messages = [{ role: "user", content: [{ type: "text", text }] }] as const;
    return { request: { model: "m", messages, stream, sampling: {} } };
  },
  encoder: () => ({
    batch: (events) =>
      events.map((event) => (event.type === "text" ? `data: ${event.text}\n\n` : "")).join(""),
    end: () => "data: end\n\n",
    fail: ({ code }) => `data: ${code}\n\n`,
    whole: ({ choices }) => ({ said: choices.length }),
  }),
  error: ({ code }) => ({ shouted: code }),
};

/** A route that answers with a chat, behind an upstream that plays this script. */
async function shouting(script: Script) {
  const upstream = scriptedUpstream(script);
  const route = definePlugin({
    name: "shouting",
    apply: (agproxy) =>
      agproxy.route("POST", "/shout/:word", async ({ params, json }) => {
        const body = { text: params["word"], ...((await json()) as object) };
        return { chat: { protocol: shouted, body } };
      }),
  });
  const gateway = await startGateway({ plugins: [route, upstream.plugin] });
  const ask = (body: object) =>
    fetch(`${gateway.url}/shout/hello`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  return { ask, upstream, [Symbol.asyncDispose]: () => gateway.close() };
}

test("a route may answer with a chat: whole", async () => {
  await using gateway = await shouting(() => textAnswer("hi"));
  const response = await gateway.ask({});
  assert.equal(response.headers.get("x-account-email"), "account-1");
  assert.deepEqual(await response.json(), { said: 1 });
  assert.deepEqual(gateway.upstream.sent[0]?.request.messages[0]?.content, [
    { type: "text", text: "hello" },
  ]);
});

test("a route may answer with a chat: streamed", async () => {
  await using gateway = await shouting(() => textAnswer("hi there"));
  const response = await gateway.ask({ stream: true });
  assert.match(response.headers.get("content-type") ?? "", /^text\/event-stream/);
  assert.equal(await response.text(), "data: hi \n\ndata: there\n\ndata: end\n\n");
});

const outOfQuota: Script = () => {
  throw new AgproxyError("quota_exhausted", undefined, { retryAfter: 2000 });
};

test("errors of a route's chat are told in its protocol's shape: of the request, of the upstream, in the stream", async () => {
  await using failing = await shouting(outOfQuota);
  const unread = await failing.ask({ text: 5 });
  assert.equal(unread.status, 400);
  assert.deepEqual(await unread.json(), { shouted: "invalid_request" });
  const refused = await failing.ask({});
  assert.equal(refused.status, 429);
  assert.deepEqual(await refused.json(), { shouted: "quota_exhausted" });

  await using cut = await shouting(async function* () {
    yield [{ type: "text", choice: 0, text: "so far" }];
    throw new AgproxyError("upstream_cut");
  });
  const stream = await cut.ask({ stream: true });
  assert.equal(await stream.text(), "data: so far\n\ndata: upstream_cut\n\n");
});

const isNoted = ({ headers }: Incoming) => headers["notes-version"] !== undefined;

test("two APIs share a path: a route that is not meant leaves the request to the next, whatever the order", async () => {
  const plain = definePlugin({
    name: "plain",
    apply(agproxy) {
      agproxy.route("GET", "/things/*id", async () => ({ body: "plain" }));
    },
  });
  const noted = definePlugin({
    name: "noted",
    apply(agproxy) {
      const when = isNoted;
      for (const path of ["/things/*id", "/notes/all"]) {
        agproxy.route("GET", path, async ({ params }) => ({ body: params["id"] ?? "all" }), {
          when,
        });
      }
      agproxy.errorsOf({
        means: when,
        error: ({ status }, { path }) => ({ noted: status, path }),
        status: () => 418,
      });
    },
  });
  for (const plugins of [
    [plain, noted],
    [noted, plain],
  ]) {
    await using gateway = await startGateway({ plugins });
    const ask = async (path: string, headers = {}) => {
      const response = await fetch(gateway.url + path, { headers });
      return [response.status, await response.json()];
    };
    const version = { "notes-version": "1" };
    assert.deepEqual(await ask("/things/a"), [200, "plain"]);
    assert.deepEqual(await ask("/things/a", version), [200, "a"]);
    assert.deepEqual(await ask("/notes/all", version), [200, "all"]);
    assert.equal((await ask("/notes/all"))[0], 404);
    assert.deepEqual(await ask("/none", version), [418, { noted: 404, path: "/none" }]);
  }
});

const sharing = (name: string) =>
  definePlugin({
    name,
    apply: (agproxy) =>
      agproxy.route("GET", "/things", async () => ({ body: name }), {
        when: ({ query }) => query.has(name),
      }),
  });

test("a third API on a path: a request that the second one answers is not refused afterwards", async () => {
  const plugins = ["first", "second", "third"].map(sharing);
  await using gateway = await startGateway({ plugins });
  for (const name of ["first", "second", "third"]) {
    const response = await fetch(`${gateway.url}/things?${name}`);
    assert.deepEqual([response.status, await response.json()], [200, name]);
  }
  assert.equal((await fetch(`${gateway.url}/things`)).status, 404);
  await gateway.close();
  assert.equal(gateway.log.filter(({ msg }) => msg === "refused").length, 1);
});

test("a condition that throws is the plugin's failure", async () => {
  const stumbling = definePlugin({
    name: "stumbling",
    apply(agproxy) {
      agproxy.route("GET", "/things", async () => ({ body: 1 }), {
        when(): never {
          throw new Error("secret detail");
        },
      });
    },
  });
  await using gateway = await startGateway({ plugins: [stumbling], logLevel: "silent" });
  const response = await fetch(`${gateway.url}/things`);
  assert.equal(response.status, 500);
  assert.match(await response.text(), /stumbling/);
});
