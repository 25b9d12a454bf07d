import assert from "node:assert/strict";
import { test } from "node:test";
import { memoryStore } from "@agproxy/core/testing";
import { addTo, correct, countersOf, usedOf } from "./counter.ts";
import { windowOf } from "./window.ts";

const caller = { id: "ada", name: "ada" };
const now = Date.UTC(2026, 0, 31, 23, 59, 30);

const [perMinute, perMonth] = countersOf(caller, { tpm: 100, tokensPerMonth: 1000 }, now);
assert.ok(perMinute !== undefined && perMonth !== undefined);

test("windows are minutes, days and months of UTC", () => {
  const day = Date.UTC(2026, 1, 1);
  assert.deepEqual(windowOf("minute", now), { start: now - 30_000, end: day });
  assert.deepEqual(windowOf("day", now), { start: Date.UTC(2026, 0, 31), end: day });
  assert.deepEqual(windowOf("month", now), { start: Date.UTC(2026, 0, 1), end: day });
  assert.deepEqual(windowOf("month", Date.UTC(2026, 11, 31)), {
    start: Date.UTC(2026, 11, 1),
    end: Date.UTC(2027, 0, 1),
  });
});

test("looking at what is used writes no entry, and tells the sum where there is one", async () => {
  const store = memoryStore(undefined, () => now);
  assert.equal((await usedOf(store, perMinute)).used, 0);
  assert.deepEqual(await store.entries(""), []);
  await addTo(store, perMinute, 10, now);
  const { used, limit, resetsAt } = await usedOf(store, perMinute);
  assert.deepEqual(
    { used, limit, resetsAt },
    { used: 10, limit: 100, resetsAt: perMinute.window.end },
  );
});

test("what an answer took more than was reserved counts in the window in which it ends", async () => {
  const store = memoryStore(undefined, () => now);
  await addTo(store, perMinute, 10, now);
  await correct(store, perMinute, 5, now + 1);
  assert.equal(await addTo(store, perMinute, 0, now), 15);
  await correct(store, perMinute, 7, perMinute.window.end);
  const [next] = countersOf(caller, { tpm: 100 }, perMinute.window.end);
  assert.ok(next !== undefined);
  assert.equal(await addTo(store, next, 0, next.window.start), 7);
  assert.equal(await addTo(store, perMinute, 0, now), 15);
});

test("nothing is given back to a window that is over, nor to the next one", async () => {
  const store = memoryStore(undefined, () => now);
  await addTo(store, perMinute, 10, now);
  await correct(store, perMinute, -4, perMinute.window.end);
  assert.equal(await addTo(store, perMinute, 0, now), 10);
  const [next] = countersOf(caller, { tpm: 100 }, perMinute.window.end);
  assert.ok(next !== undefined);
  assert.equal(await addTo(store, next, 0, next.window.start), 0);
});

test("a caller that fills the store does not lose what counts against it", async () => {
  const store = memoryStore({ entries: 10, bytes: 1e6 });
  await addTo(store, perMonth, 900, now);
  for (let index = 0; index < 100; index += 1) {
    await store.set(`notes/${caller.id}/${index}`, "x", 60_000);
  }
  assert.equal(await addTo(store, perMonth, 0, now), 900);
});

test("money is counted in millionths", () => {
  const [counter] = countersOf(caller, { budgetPerDay: 2.5 }, now);
  assert.equal(counter?.limit, 2_500_000);
});
