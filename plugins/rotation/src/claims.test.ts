import assert from "node:assert/strict";
import { test } from "node:test";
import type { Account, Attempt, Exchange, Store } from "@agproxy/core";
import { memoryStore } from "@agproxy/core/testing";
import { Leases } from "./leases.ts";
import type { AccountLimits } from "./limits.ts";
import { Pool } from "./pool.ts";
import { strategies } from "./strategies.ts";

const upstream = { name: "none", send: () => Promise.reject(new Error("not sent in this test")) };
const account = (id: string): Account => ({ id, label: id, upstream, quotaGroup: "group" });

function exchangeOf(): Exchange {
  const incoming = {
    id: "1",
    method: "POST",
    path: "/",
    query: new URLSearchParams(),
    headers: {},
    remoteAddress: "",
    protocol: "http" as const,
    receivedAt: 0,
    signal: new AbortController().signal,
    setHeader() {},
    noteIgnored() {},
  };
  const request = { model: "m", messages: [], stream: false, sampling: {} };
  return { incoming, caller: { id: "c", name: "c" }, protocol: "p", request, model: "m" };
}

const attemptOn = (one: Account, exchange = exchangeOf()): Attempt => ({
  exchange,
  account: one,
  model: "m",
  number: 1,
  startedAt: Date.now(),
});

function poolWith(limits: AccountLimits, store?: Store, now: () => number = Date.now): Pool {
  const rules = {
    strategy: strategies["round-robin"],
    sticky: false,
    attempts: 3,
    maxWaitMs: 0,
    limits,
    nextModel: () => undefined,
  };
  const chance = { now, steady: now, random: () => 0 };
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  return new Pool(rules, chance, store === undefined ? undefined : new Leases(store, log));
}

test("a claim that a tap of another plugin refuses later ends with the next one, or with the wait", async () => {
  const pool = poolWith({ group: { concurrency: 1 } });
  const [a, b] = [account("a"), account("b")];
  const exchange = exchangeOf();
  assert.equal(await pool.claim(attemptOn(a, exchange)), undefined);
  // Refused: the exchange goes on to the next account, of the same group.
  assert.equal(await pool.claim(attemptOn(b, exchange)), undefined);
  assert.deepEqual([pool.report(a).inFlight, pool.report(b).inFlight], [0, 1]);
  // Refused too: nobody is left, and whoever waits must not be in their own way.
  assert.equal(await pool.wait([{ account: a }, { account: b }], exchange, "m"), undefined);
  assert.deepEqual([pool.report(a).inFlight, pool.report(b).inFlight], [0, 0]);
  assert.equal(await pool.claim(attemptOn(a)), undefined);
});

test("an instance keeps its own limits where the shared store throws", async () => {
  const broken: Store = {
    ...memoryStore(),
    isShared: true,
    claim: () => Promise.reject(new Error("the store is gone")),
  };
  for (const limit of [{ concurrency: 2 }, { requestsPerMinute: 2 }]) {
    const pool = poolWith({ "*": limit }, broken);
    const a = account("a");
    const claims = await Promise.all([1, 2, 3, 4, 5].map(async () => pool.claim(attemptOn(a))));
    assert.equal(claims.filter((refusal) => refusal === undefined).length, 2);
  }
});

test("what all instances refuse takes nothing of the limits here", async () => {
  const clock = { now: 1_000_000 };
  let waitMs = 1;
  const store: Store = { ...memoryStore(), isShared: true, claim: async () => waitMs };
  const pool = poolWith({ "*": { requestsPerMinute: 1 } }, store, () => clock.now);
  const a = account("a");
  assert.notEqual(await pool.claim(attemptOn(a)), undefined);
  assert.equal(pool.report(a).inFlight, 0);
  waitMs = 0;
  clock.now += 10;
  assert.equal(await pool.claim(attemptOn(a)), undefined, "the minute has room for one");
});
