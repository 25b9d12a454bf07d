import assert from "node:assert/strict";
import { test } from "node:test";
import type { Account, Candidate } from "@agproxy/core";
import { strategies } from "./strategies.ts";

const upstream = { name: "none", send: () => Promise.reject(new Error("not sent in this test")) };
const candidate = (id: string, more: Partial<Account> = {}): Candidate => ({
  account: { id, label: id, upstream, ...more },
});
const busy = () => 0;
const firsts = (pool: readonly Candidate[], times: number) =>
  Array.from(
    { length: times },
    (_, count) => strategies.weighted(pool, { count, busy })[0]?.account.id,
  );

test("weighted: each as often as its weight says, and evenly", () => {
  const pool = [candidate("one"), candidate("three", { weight: 3 })];
  const taken = firsts(pool, 400);
  assert.ok(Math.abs(taken.filter((id) => id === "three").length - 300) <= 4);
  // Nobody waits long for a turn.
  for (let start = 0; start + 8 <= taken.length; start += 1) {
    assert.ok(taken.slice(start, start + 8).includes("one"));
  }
});

test("weighted: the highest priority first, then the others", () => {
  const pool = [candidate("spare", { priority: -1 }), candidate("main"), candidate("main 2")];
  const order = strategies.weighted(pool, { count: 0, busy }).map(({ account }) => account.id);
  assert.equal(order.at(-1), "spare");
  assert.equal(order.length, 3);
});

test("a pool of nobody has no order", () => {
  for (const strategy of Object.values(strategies)) {
    assert.deepEqual(strategy([], { count: 3, busy }), []);
  }
});
