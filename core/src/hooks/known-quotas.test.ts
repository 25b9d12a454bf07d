import assert from "node:assert/strict";
import { test } from "node:test";
import { fakeClock } from "../testing/fake-clock.ts";
import { KnownQuotas } from "./known-quotas.ts";
import type { Account } from "./stages.ts";

const account: Account = {
  id: "a",
  label: "a",
  upstream: { name: "u", send: () => Promise.reject(new Error("not asked")) },
};

test("the last word counts, for each limit of each model, until all is there again", async () => {
  using clock = fakeClock(Date.UTC(2026, 0, 1));
  const known = new KnownQuotas();
  assert.deepEqual(known.of(account), []);
  const learntAt = Date.now();
  known.note(account, { models: "m", left: 0.5, learntAt });
  known.note(account, { models: "m", left: 0.25, learntAt });
  known.note(account, {
    models: "m",
    limit: "tokens",
    left: 0,
    resetsAt: learntAt + 60_000,
    learntAt,
  });
  const [whole, tokens] = known.of(account);
  assert.deepEqual([whole?.left, tokens?.limit], [0.25, "tokens"]);
  await clock.advance(60_000);
  const back = { models: "m", limit: "tokens", left: 1, learntAt };
  assert.deepEqual(known.of(account), [whole, back]);
  await clock.advance(86_400_000 - 60_000);
  assert.deepEqual(known.of(account), [back]);
  await clock.advance(60_000);
  assert.deepEqual(known.of(account), []);
});

test("names that clients invent take no memory without end", () => {
  const known = new KnownQuotas();
  const learntAt = Date.now();
  for (let n = 0; n < 5000; n += 1) known.note(account, { models: `m${n}`, left: 1, learntAt });
  const kept = known.of(account);
  assert.ok(kept.length < 1000);
  assert.equal(kept.at(-1)?.models, "m4999");
});
