import assert from "node:assert/strict";
import { test } from "node:test";
import {
  AgproxyError,
  type ChatRequest,
  definePlugin,
  type ErrorCode,
  type Protocol,
} from "@agproxy/core";
import { type Script, scriptedUpstream, startGateway, textAnswer } from "@agproxy/core/testing";
import { rotation } from "./index.ts";
import type { RotationOptions } from "./options.ts";
import { createRotation } from "./rotation.ts";

/** The least wire that carries a chat: the model in, the text out. */
const plain: Protocol = {
  name: "plain",
  decode: (body) => ({
    request: { model: "m", messages: [], stream: false, sampling: {}, ...(body as object) },
  }),
  encoder: () => ({
    batch: () => "",
    end: () => "",
    fail: () => "",
    whole: ({ choices }) => ({
      text: choices[0]?.content.map((part) => "text" in part && part.text),
    }),
  }),
  error: ({ code, details }) => ({ code, details }),
};

const wire = definePlugin({ name: "wire", apply: (agproxy) => agproxy.chat("/chat", plain) });

const good: Script = () => textAnswer("hello");

const bad =
  (code: ErrorCode, retryAfter?: number): Script =>
  () => {
    throw new AgproxyError(code, undefined, retryAfter === undefined ? {} : { retryAfter });
  };

async function gateway(scripts: readonly Script[], options: RotationOptions = {}) {
  const upstream = scriptedUpstream(...scripts);
  const chance = { now: () => Date.now(), steady: () => Date.now(), random: () => 0 };
  const plugins = [wire, upstream.plugin, createRotation(options, chance)];
  const running = await startGateway({ plugins });
  const ask = (request: Partial<ChatRequest> = {}) =>
    fetch(`${running.url}/chat`, { method: "POST", body: JSON.stringify(request) });
  const asked = () => upstream.sent.map(({ account }) => account.label);
  return { ask, asked, [Symbol.asyncDispose]: running.close };
}

test("two accounts at their limit, the third answers; later they are not asked", async () => {
  const limited = bad("rate_limit_exceeded", 60_000);
  await using running = await gateway([limited, limited, good]);
  const answer = await running.ask();
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get("x-account-email"), "account-3");
  assert.equal((await running.ask()).status, 200);
  assert.deepEqual(running.asked(), ["account-1", "account-2", "account-3", "account-3"]);
});

test("all at their limit: 429 with the earliest recovery and each account's reason", async () => {
  const scripts = [bad("rate_limit_exceeded", 60_000), bad("quota_exhausted", 30_000)];
  await using running = await gateway(scripts);
  for (const asked of [2, 2]) {
    const answer = await running.ask();
    assert.equal(answer.status, 429);
    assert.equal(answer.headers.get("retry-after"), "30");
    const body = (await answer.json()) as { code: string; details: { accounts: unknown[] } };
    assert.equal(body.code, "pool_exhausted");
    assert.equal(body.details.accounts.length, 2);
    assert.equal(running.asked().length, asked);
  }
});

test("an error of the request goes to the client as it is and to no other account", async () => {
  await using running = await gateway([bad("upstream_rejected"), good]);
  assert.equal((await running.ask()).status, 400);
  assert.deepEqual(running.asked(), ["account-1"]);
});

test("no more attempts than allowed, and the last error of this request is the answer", async () => {
  const scripts = [bad("upstream_failed"), bad("upstream_cut"), good];
  await using running = await gateway(scripts, { attempts: 2 });
  assert.equal((await running.ask()).status, 502);
  assert.deepEqual(running.asked(), ["account-1", "account-2"]);
});

test("one account that stumbles once is asked again", async () => {
  let calls = 0;
  const once: Script = (request, attempt) => {
    calls += 1;
    return (calls === 1 ? bad("malformed_tool_call") : good)(request, attempt);
  };
  await using running = await gateway([once]);
  assert.equal((await running.ask()).status, 200);
  assert.deepEqual(running.asked(), ["account-1", "account-1"]);
});

test("a model that no account has stays a 404, however often it is asked for", async () => {
  await using running = await gateway([bad("model_not_found")]);
  assert.deepEqual([(await running.ask()).status, (await running.ask()).status], [404, 404]);
});

test("a conversation stays on its account until that is at its limit, then on the next one", async () => {
  let full: string | undefined;
  const script: Script = (request, attempt) =>
    (attempt.account.label === full ? bad("rate_limit_exceeded", 60_000) : good)(request, attempt);
  await using running = await gateway([script, script, script]);
  const served = async () =>
    (await running.ask({ cacheKey: "thread" })).headers.get("x-account-email");
  const first = await served();
  assert.deepEqual([await served(), await served()], [first, first]);
  full = first ?? undefined;
  const second = await served();
  assert.notEqual(second, first);
  assert.deepEqual([await served(), await served()], [second, second]);
  assert.equal(running.asked().filter((label) => label === first).length, 4);
});

const wrong: readonly [options: unknown, message: RegExp][] = [
  [{ strategie: "x" }, /no option `strategie`\. Did you mean `strategy`/],
  [{ strategy: "random" }, /`strategy` must be one of round-robin, fill-first, least-busy/],
  [{ sticky: "yes" }, /`sticky` must be true or false/],
  [{ attempts: 0 }, /`attempts` must be 1 or more/],
  [{ attempts: 2.5 }, /`attempts` must be a whole number/],
  [{ attempts: "3" }, /`attempts` must be a number/],
];

for (const [options, message] of wrong) {
  test(`refuses ${JSON.stringify(options)}`, () => {
    assert.throws(() => rotation(options as RotationOptions), message);
  });
}

test("describes itself", () => {
  assert.equal(
    rotation().describe?.(),
    "round-robin, sticky conversations, up to 3 attempts, waits up to 10 s",
  );
  assert.equal(
    rotation({ sticky: false, maxWait: 0 }).describe?.(),
    "round-robin, up to 3 attempts, does not wait",
  );
});
