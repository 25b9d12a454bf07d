import assert from "node:assert/strict";
import { test } from "node:test";
import type { Quota } from "../hooks/stages.ts";
import { statusText } from "./status-text.ts";

const now = new Date(2026, 10, 28, 12, 0, 0).getTime();
const minute = 60_000;

/** What is told of an account with these quotas. */
function told(...quotas: readonly Quota[]): readonly string[] {
  const today = { attempts: 0, failures: 0, inputTokens: 0, outputTokens: 0 };
  const account = { id: "a", label: "work", upstream: "u", today, quotas };
  const text = statusText(
    {
      version: "1.0.0",
      url: "http://127.0.0.1:8045",
      pid: 1,
      startedAt: now,
      openRequests: 0,
      waiting: {},
      countedSince: now,
      accounts: [account],
    },
    now,
  );
  return text.split("\n").filter((line) => line.startsWith("  work has "));
}

test("what is left is told in per cent, with its reset, and when it was learnt", () => {
  const learntAt = now - 5 * minute;
  const [first, second, ...more] = told(
    { models: "m", limit: "tokens", left: 0.259, resetsAt: now + minute, learntAt },
    { models: "m", left: 0.5, learntAt: now - 24 * 60 * minute },
  );
  assert.deepEqual(more, []);
  assert.equal(
    first,
    "  work has 25 % of the tokens of m left, all of it at 12:01:00, as told at 11:55:00",
  );
  assert.equal(second, "  work has 50 % of m left, as told at 2026-11-27 12:00:00");
});

test("models with one quota are one line, and nearly nothing is not nothing", () => {
  const family = ["a", "b", "c", "d", "e"].map((models) => ({
    models,
    left: 0.001,
    learntAt: now,
  }));
  assert.deepEqual(told(...family, { models: "f", left: 0, learntAt: now }), [
    "  work has 1 % of a, b, c and 2 more left, as told at 12:00:00",
    "  work has 0 % of f left, as told at 12:00:00",
  ]);
});
