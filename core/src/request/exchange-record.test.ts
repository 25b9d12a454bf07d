import assert from "node:assert/strict";
import { test } from "node:test";
import { AgproxyError } from "../errors/agproxy-error.ts";
import { definePlugin } from "../hooks/plugin.ts";
import {
  fakeClock,
  openGateway,
  plainChat,
  scriptedUpstream,
  summaryWatch,
  textAnswer,
} from "../testing.ts";
import { exchangeRecord } from "./exchange-record.ts";

const patient = definePlugin({
  name: "patient",
  apply: ({ hooks }) =>
    hooks.attemptFailed.tap("patient", ({ error: { retryAfter: after } }) =>
      after === undefined ? undefined : { retry: "next account", after },
    ),
});

const busy = new AgproxyError("rate_limit_exceeded", "Too many requests here.", {
  retryAfter: 3000,
});

test("a record tells each attempt, what it waited for, and why it failed", async () => {
  using clock = fakeClock();
  const upstream = scriptedUpstream(busy, () => [
    ...textAnswer("good day").slice(0, -1),
    [
      { type: "finish", choice: 0, reason: "stop" },
      {
        type: "usage",
        usage: {
          inputTokens: 9,
          cachedTokens: 4,
          reasoningTokens: 1,
          outputTokens: 2,
          totalTokens: 11,
        },
      },
    ],
  ]);
  const watch = summaryWatch();
  await using gateway = await openGateway({
    plugins: [plainChat(), patient, upstream.plugin, watch.plugin],
  });
  const asked = gateway.inject({ path: "/chat", body: { model: "m", stream: true } });
  await clock.advance(3000);
  assert.equal((await asked).status, 200);
  await watch.reached(1);
  const [summary] = watch.all;
  assert.ok(summary);
  const { id, address, ...record } = exchangeRecord(summary);
  assert.ok(id !== "" && address !== "");
  assert.deepEqual(record, {
    caller: "anonymous",
    protocol: "plain-chat",
    stream: true,
    asked: "m",
    model: "m",
    account: "account-2",
    outcome: "ok",
    status: 200,
    attempts: 2,
    tries: [
      {
        account: "account-1",
        model: "m",
        waitMs: 0,
        firstEventMs: 0,
        error: "rate_limit_exceeded",
        reason: "Too many requests here.",
      },
      { account: "account-2", model: "m", waitMs: 3000, firstEventMs: 0 },
    ],
    waitMs: 3000,
    firstEventMs: 3000,
    durationMs: 3000,
    inputTokens: 9,
    cachedTokens: 4,
    reasoningTokens: 1,
    outputTokens: 2,
  });
});

test("a failure says what to do, at a level of its own, and an answer's line is info", async () => {
  const upstream = scriptedUpstream([new AgproxyError("upstream_failed"), busy, "good"]);
  await using gateway = await openGateway({ plugins: [plainChat(), upstream.plugin] });
  for (let asked = 0; asked < 3; asked += 1) await gateway.inject({ path: "/chat", body: {} });
  const lines = gateway.log.filter(({ msg }) => msg === "exchange");
  assert.deepEqual(
    lines.map(({ level }) => level),
    [50, 40, 30],
  );
  assert.equal(typeof lines[0]?.["advice"], "string");
  assert.equal(lines[2]?.["tries"], undefined);
  assert.equal(lines[2]?.["firstEventMs"], undefined, "a whole answer has no first event");
});

test("what an exchange waited for in vain is told too", async () => {
  using clock = fakeClock();
  const upstream = scriptedUpstream("never");
  const watch = summaryWatch();
  const line = definePlugin({
    name: "line",
    apply({ hooks }) {
      hooks.claimAccount.tap("line", () => ({ reason: "busy", isBusy: true }));
      hooks.awaitAccount.tap("line", async () => {
        await new Promise<void>((resolve) => {
          setTimeout(resolve, 5000);
        });
        return undefined;
      });
    },
  });
  await using gateway = await openGateway({
    plugins: [plainChat(), upstream.plugin, line, watch.plugin],
  });
  const asked = gateway.inject({ path: "/chat", body: {} });
  await clock.advance(5000);
  assert.equal((await asked).status, 429);
  await watch.reached(1);
  assert.equal(watch.all[0]?.waitMs, 5000);
  assert.deepEqual(watch.all[0].attempts, []);
});
