import assert from "node:assert/strict";
import { test } from "node:test";
import { AgproxyError } from "../errors/agproxy-error.ts";
import type { Account, FinishedAttempt, Summary } from "../hooks/stages.ts";
import { openGateway, plainChat, scriptedUpstream, summaryWatch } from "../testing.ts";
import { AccountTallies } from "./account-tallies.ts";

const account: Account = {
  id: "a",
  label: "a",
  upstream: { name: "none", send: () => Promise.reject(new Error("not sent in this test")) },
};
const failure = new AgproxyError("upstream_failed", "It broke.");

/** A real summary, of which a test changes what it is about. */
async function summaryOf(change: Partial<Summary>): Promise<Summary> {
  const watch = summaryWatch();
  const upstream = scriptedUpstream("hello");
  await using gateway = await openGateway({
    plugins: [plainChat(), upstream.plugin, watch.plugin],
  });
  await gateway.inject({ path: "/chat", body: {} });
  await watch.reached(1);
  const [summary] = watch.all;
  assert.ok(summary);
  return { ...summary, ...change };
}

const attempt = (error?: AgproxyError): FinishedAttempt => ({
  account,
  model: "m",
  startedAt: 0,
  waitMs: 0,
  firstEventMs: 0,
  ...(error === undefined ? {} : { error }),
});

test("attempts, failures and tokens of a day; the last error outlives midnight", async () => {
  let now = new Date(2026, 10, 28, 23, 0).getTime();
  const tallies = new AccountTallies(() => now);
  const usage = { inputTokens: 5, outputTokens: 7, totalTokens: 12 };
  tallies.note(await summaryOf({ attempts: [attempt(failure), attempt()], usage }));
  const lastError = { at: now, code: "upstream_failed", reason: "It broke." };
  assert.deepEqual(tallies.of(account), {
    attempts: 2,
    failures: 1,
    inputTokens: 5,
    outputTokens: 7,
    lastError,
  });
  now += 3_600_000;
  const nothing = { attempts: 0, failures: 0, inputTokens: 0, outputTokens: 0 };
  assert.deepEqual(tallies.of(account), { ...nothing, lastError });
  assert.equal(tallies.since, new Date(2026, 10, 29).getTime());
  now += 8 * 24 * 3_600_000;
  assert.deepEqual(tallies.of(account), nothing);
});

test("a failure in the middle of an answer counts, a client that left does not", async () => {
  const tallies = new AccountTallies();
  const left = new AgproxyError("client_closed_request");
  tallies.note(await summaryOf({ attempts: [attempt()], outcome: "failed", error: failure }));
  tallies.note(await summaryOf({ attempts: [attempt(left)], outcome: "aborted", error: left }));
  const { attempts, failures } = tallies.of(account);
  assert.deepEqual({ attempts, failures }, { attempts: 2, failures: 1 });
});
