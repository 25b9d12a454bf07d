import assert from "node:assert/strict";
import { test } from "node:test";
import { definePlugin } from "@agproxy/core";
import { startGateway } from "@agproxy/core/testing";
import { createAuth } from "./auth.ts";
import { delayLimits } from "./failed-keys.ts";
import { auth, type AuthOptions } from "./index.ts";

const key = "ag-a-key-of-this-test-1";
const other = "ag-a-key-of-this-test-2";

/** A route that says who asks. */
const whoami = definePlugin({
  name: "whoami",
  apply: (agproxy) =>
    agproxy.route("GET", "/whoami", async ({ caller: { name } }) => ({ body: { name } })),
});

async function gateway(options: AuthOptions, plugin = auth(options)) {
  const running = await startGateway({ plugins: [plugin, whoami] });
  const ask = async (path: string, headers: Record<string, string> = {}) => {
    const response = await fetch(running.url + path, { headers });
    return { status: response.status, text: await response.text() };
  };
  return { ask, plugin, url: running.url, log: running.log, [Symbol.asyncDispose]: running.close };
}

test("each of the three headers opens; the first one present decides", async () => {
  await using running = await gateway({
    mode: "strict",
    keys: [key, { key: other, name: "laptop" }],
  });
  const { ask } = running;
  assert.equal((await ask("/whoami", { authorization: `Bearer ${key}` })).text, '{"name":"key-1"}');
  assert.equal((await ask("/whoami", { "x-api-key": other })).text, '{"name":"laptop"}');
  assert.equal((await ask("/whoami", { "x-goog-api-key": key })).status, 200);
  const both = { authorization: "Bearer wrong-wrong", "x-api-key": key };
  assert.equal((await ask("/whoami", both)).status, 401);
  assert.equal((await ask(`/whoami?key=${key}`)).status, 401);
});

test("a 401 says how to send a key and repeats none", async () => {
  await using running = await gateway({ mode: "strict", keys: key });
  for (const headers of [{}, { authorization: "Bearer ag-wrong-wrong" }]) {
    const { status, text } = await running.ask("/whoami", headers);
    assert.equal(status, 401);
    assert.match(text, /Authorization: Bearer KEY/);
    assert.match(text, /invalid_api_key/);
    assert.doesNotMatch(text, /ag-/);
  }
  assert.doesNotMatch(JSON.stringify(running.log), /ag-/);
});

test("strict: health checks need a key too", async () => {
  await using running = await gateway({ mode: "strict", keys: key });
  assert.equal((await running.ask("/healthz")).status, 401);
});

test("all_except_health: only health checks are open, in every spelling of any other path", async () => {
  await using running = await gateway({ mode: "all_except_health", keys: key });
  assert.equal((await running.ask("/healthz")).status, 200);
  assert.equal((await running.ask("/healthz", { "x-api-key": "wrong-wrong" })).status, 200);
  for (const path of [
    "/whoami",
    "/WHOAMI",
    "/healthz/../whoami",
    "/healthz%2f..%2fwhoami",
    "/nothing",
  ]) {
    assert.equal((await running.ask(path)).status, 401, path);
  }
});

test("off: anyone may come in, but a valid key is still known", async () => {
  await using running = await gateway({ mode: "off", keys: key });
  assert.equal((await running.ask("/whoami")).text, '{"name":"anonymous"}');
  const headers = { authorization: "Bearer no-such-key" };
  assert.equal((await running.ask("/whoami", headers)).text, '{"name":"anonymous"}');
  assert.equal((await running.ask("/whoami", { "x-api-key": key })).text, '{"name":"key-1"}');
});

test("describes the effective mode", async () => {
  await using running = await gateway({});
  assert.equal(running.plugin.describe?.(), "off (loopback only)");
  await using strict = await gateway({ mode: "strict", keys: key });
  assert.equal(strict.plugin.describe?.(), "strict, 1 key");
});

const startOpen = () => startGateway({ plugins: [auth()], allowLanAccess: true });

test("a mode that needs a key does not start without one and offers a fresh one", async () => {
  const offered = new Set<string>();
  for (let count = 0; count < 2; count += 1) {
    await assert.rejects(startOpen, (error: Error) => {
      const { message } = error.cause instanceof Error ? error.cause : error;
      const [, fresh = ""] = /AGPROXY_API_KEY=(ag-[\w-]{43})\n/.exec(message) ?? [];
      offered.add(fresh);
      return message.includes(`auth({ keys: "${fresh}" })`) && fresh !== "";
    });
  }
  assert.equal(offered.size, 2);
});

test("warns of a short key", async () => {
  await using running = await gateway({ mode: "strict", keys: "ag-ninety" });
  assert.ok(running.log.some(({ msg }) => msg?.includes("less than 16")));
});

const wrong: readonly [options: unknown, message: RegExp][] = [
  [{ mode: "on" }, /`mode` must be one of off, strict, all_except_health, auto/],
  [{ key: "x" }, /no option `key`/],
  [{ file: "keys.json" }, /`file` is "keys\.json" and must be an absolute path/],
  [{ prices: { "gemini-*": { input: 1 } } }, /output` is missing/],
  [{ prices: { "gemini-*": { input: -1, output: 1 } } }, /input` must be 0 or more, not -1/],
];

for (const [options, message] of wrong) {
  test(`refuses ${JSON.stringify(options)}`, () => {
    assert.throws(() => auth(options as AuthOptions), message);
  });
}

/** A gateway at which each wrong key after the free ones waits until its client leaves. */
function slowGateway() {
  const options: AuthOptions = { mode: "strict", keys: key };
  const limits = { ...delayLimits, firstDelayMs: 600_000, maxDelayMs: 600_000 };
  return gateway(options, createAuth(options, { delays: limits, now: Date.now }));
}

const wrongKey = { "x-api-key": "wrong-wrong" };

test("a wrong key waits after some that were free; a right key, or none, is never delayed", async () => {
  await using running = await slowGateway();
  const status = async (headers: Record<string, string>) =>
    (await running.ask("/whoami", headers)).status;
  for (let count = 0; count < delayLimits.freeFailures; count += 1) {
    assert.equal(await status(wrongKey), 401);
  }
  const client = new AbortController();
  let isAnswered = false;
  const slow = fetch(`${running.url}/whoami`, { headers: wrongKey, signal: client.signal })
    .then(() => (isAnswered = true))
    .catch(() => {});
  for (let count = 0; count < 8; count += 1) assert.equal(await status({ "x-api-key": key }), 200);
  for (let count = 0; count < 8; count += 1) assert.equal(await status({}), 401);
  assert.equal(isAnswered, false);
  client.abort();
  await slow;
});

test("a flood of wrong keys is refused with 429 and `Retry-After`, and the right key still comes in", async () => {
  await using running = await slowGateway();
  const client = new AbortController();
  const answers: Response[] = [];
  const expected = 100 - delayLimits.maxWaitingPerClient;
  const { promise: refused, resolve } = Promise.withResolvers<void>();
  const flood = Array.from({ length: 100 }, async () => {
    answers.push(
      await fetch(`${running.url}/whoami`, { headers: wrongKey, signal: client.signal }),
    );
    if (answers.length === expected) resolve();
  });
  assert.equal((await running.ask("/whoami", { "x-api-key": key })).status, 200);
  await refused;
  const wait = answers.filter(({ status }) => status === 429);
  assert.equal(wait.length, expected - delayLimits.freeFailures);
  for (const { headers } of wait) assert.equal(headers.get("retry-after"), "600");
  await Promise.all(answers.map((answer) => answer.text()));
  client.abort();
  const outcomes = await Promise.allSettled(flood);
  const waited = outcomes.filter((outcome) => outcome.status === "rejected");
  assert.equal(waited.length, delayLimits.maxWaitingPerClient, "the others waited");
});

test("a refusal's line in the log has the client's address", async () => {
  await using running = await gateway({ mode: "strict", keys: key });
  await running.ask("/whoami", { "x-api-key": "wrong-wrong" });
  const line = running.log.find(({ msg }) => msg === "refused");
  assert.equal(line?.["address"], "127.0.0.1");
});
