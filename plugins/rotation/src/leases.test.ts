import assert from "node:assert/strict";
import { mock, test } from "node:test";
import type { Account, Attempt, Exchange, Store } from "@agproxy/core";
import { memoryStore } from "@agproxy/core/testing";
import { leaseMs, Leases, type Place } from "./leases.ts";

const account: Account = {
  id: "a",
  label: "a",
  upstream: { name: "none", send: () => Promise.reject(new Error("not sent in this test")) },
};

/** Only its identity counts. */
const attempt = (): Attempt => ({
  exchange: {} as Exchange,
  account,
  model: "m",
  number: 1,
  startedAt: 0,
});

function instance(store: Store) {
  const warnings: string[] = [];
  const log = {
    debug() {},
    info() {},
    error() {},
    warn: (_: unknown, text?: string) => void warnings.push(text ?? ""),
  };
  return { leases: new Leases(store, log), warnings };
}

function places(count: number, isHeld = true) {
  const refusals: number[] = [];
  const place: Place = {
    key: isHeld ? "rotation-open/a" : "rotation-minute/a",
    ttlMs: isHeld ? leaseMs : 60_000,
    places: count,
    kept: isHeld ? "held" : "spent",
    refused: (waitMs) => void refusals.push(waitMs),
  };
  return { place, refusals };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test("instances have the places together, and what one gives back another takes", async () => {
  const store = memoryStore();
  const [one, other] = [instance(store).leases, instance(store).leases];
  const { place, refusals } = places(2);
  const [first, second, third] = [attempt(), attempt(), attempt()];
  assert.equal(await one.take(first, [place]), true);
  assert.equal(await other.take(second, [place]), true);
  assert.equal(await other.take(third, [place]), false);
  assert.equal(refusals.length, 1);
  one.end(first);
  assert.equal(await other.take(third, [place]), true);
  for (const each of [second, third]) other.end(each);
});

test("where one of several places is not to be had, the others are given back", async () => {
  const store = memoryStore();
  const { leases } = instance(store);
  const [held, minute] = [places(1).place, places(1, false).place];
  assert.equal(await leases.take(attempt(), [minute]), true);
  assert.equal(await leases.take(attempt(), [held, minute]), false);
  const next = attempt();
  assert.equal(await leases.take(next, [held]), true);
  leases.end(next);
});

test("a place is held as long as its attempt is open, and lost soon after its instance was killed", async () => {
  mock.timers.enable({ apis: ["setInterval"] });
  let now = 0;
  const store = memoryStore(undefined, () => now);
  const [one, killed] = [instance(store).leases, instance(store).leases];
  const { place } = places(1);
  const open = attempt();
  assert.equal(await one.take(open, [place]), true);
  for (let passed = 0; passed < 10 * leaseMs; passed += 1000) {
    now += 1000;
    mock.timers.tick(1000);
    await settled();
  }
  assert.equal(await killed.take(attempt(), [place]), false, "it is still held");
  one.end(open);
  await settled();
  assert.equal(await killed.take(attempt(), [place]), true);
  mock.timers.reset();
  now += leaseMs - 1;
  assert.equal(await one.take(attempt(), [place]), false);
  now += 1;
  const last = attempt();
  assert.equal(await one.take(last, [place]), true);
  one.end(last);
});

const fault = () => Promise.reject(new Error("the disk is full"));

test("where the store fails, the instance decides alone and says so", async () => {
  const { leases, warnings } = instance({ ...memoryStore(), claim: fault, release: fault });
  const open = attempt();
  assert.equal(await leases.take(open, [places(1).place]), true);
  leases.end(open);
  await settled();
  assert.deepEqual(
    warnings,
    Array.from(
      { length: 2 },
      () => "rotation: the store failed, limits hold for this instance alone",
    ),
  );
});
