import assert from "node:assert/strict";
import { test } from "node:test";
import { startGateway, startVendor, summaryWatch } from "@agproxy/core/testing";
import { ask, plainProtocol } from "../../gemini/src/fixtures/gateway.ts";
import { completion } from "./fixtures/answers.ts";
import { user } from "./fixtures/requests.ts";
import { openaiCompatible } from "./index.ts";
import { rateQuotas } from "./rate-quotas.ts";

const now = Date.UTC(2026, 10, 22, 12);
const openai = {
  "x-ratelimit-limit-requests": "60",
  "x-ratelimit-remaining-requests": "59",
  "x-ratelimit-reset-requests": "1s",
  "x-ratelimit-limit-tokens": "150000",
  "x-ratelimit-remaining-tokens": "37500",
  "x-ratelimit-reset-tokens": "6m0s",
};

test("requests and tokens are told apart, each with its reset", () => {
  assert.deepEqual(rateQuotas(openai, "m", now), [
    { models: "m", limit: "requests", left: 59 / 60, resetsAt: now + 1000, learntAt: now },
    { models: "m", limit: "tokens", left: 0.25, resetsAt: now + 360_000, learntAt: now },
  ]);
});

test("a limit that is not named is told too, and what is no limit is not", () => {
  const headers = (limit: string, remaining: string, reset = String(now + 5000)) => ({
    "x-ratelimit-limit": limit,
    "x-ratelimit-remaining": remaining,
    "x-ratelimit-reset": reset,
  });
  const told = (limit: string, remaining: string) =>
    rateQuotas(headers(limit, remaining), "m", now);
  assert.deepEqual(told("20", "0"), [
    { models: "m", left: 0, resetsAt: now + 5000, learntAt: now },
  ]);
  assert.equal(told("20", "30")[0]?.left, 1);
  for (const [limit, remaining] of [
    ["0", "0"],
    ["", "1"],
    ["20", ""],
    ["many", "5"],
    ["20", "-1"],
    ["20", "Infinity"],
  ] as const) {
    assert.deepEqual(told(limit, remaining), [], `${remaining} of ${limit}`);
  }
  assert.deepEqual(rateQuotas({}, "m", now), []);
  const [first] = rateQuotas(headers("4", "1", "soon"), "m", now);
  assert.deepEqual(first, { models: "m", left: 0.25, learntAt: now });
});

test("an account knows what its server told with good answers and with refusals", async () => {
  const spent = { ...openai, "x-ratelimit-remaining-tokens": "0" };
  let asked = 0;
  await using server = await startVendor(() => {
    asked += 1;
    if (asked === 1) return { body: completion({ content: "Hello" }), headers: openai };
    return { status: 429, headers: spent, body: { error: { message: "Slow down." } } };
  });
  const watch = summaryWatch();
  const plugin = openaiCompatible({ baseUrl: server.url, models: ["m"] });
  await using gateway = await startGateway({ plugins: [plainProtocol(), plugin, watch.plugin] });
  const left = () => {
    const account = watch.all.at(-1)?.attempts[0]?.account;
    assert.ok(account !== undefined);
    return account.upstream.quotas?.(account).map(({ limit, left }) => [limit, left]);
  };
  await ask(gateway.url, { messages: [user("hi")], model: "m" });
  await watch.reached(1);
  assert.deepEqual(left(), [
    ["requests", 59 / 60],
    ["tokens", 0.25],
  ]);
  await ask(gateway.url, { messages: [user("hi")], model: "m" });
  await watch.reached(2);
  assert.deepEqual(left()?.at(1), ["tokens", 0]);
});
