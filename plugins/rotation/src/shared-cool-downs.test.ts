import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type Account,
  AgproxyError,
  type ErrorCode,
  type FailureKind,
  type Store,
} from "@agproxy/core";
import { memoryStore } from "@agproxy/core/testing";
import { CoolDowns } from "./cool-downs.ts";
import { coolingKey } from "./cooling-keys.ts";
import { SharedCoolDowns } from "./shared-cool-downs.ts";

const account: Account = {
  id: "a",
  label: "a",
  quotaGroup: "project / ü",
  upstream: { name: "none", send: () => Promise.reject(new Error("not sent in this test")) },
};

async function instance(store: Store, now: () => number) {
  const warnings: string[] = [];
  const log = {
    debug() {},
    info() {},
    error() {},
    warn: (_: unknown, text?: string) => void warnings.push(text ?? ""),
  };
  const coolDowns = new CoolDowns();
  let changes = 0;
  await new SharedCoolDowns(coolDowns, store, log, now).watch(() => (changes += 1));
  const cool = (code: ErrorCode, kind: FailureKind, ms: number, model = "m") =>
    coolDowns.start(coolingKey(kind, account, model), now(), {
      error: new AgproxyError(code, `${code} told`),
      isLate: kind === "transient",
      time: () => ms,
    });
  const known = (kind: FailureKind, model = "m") =>
    coolDowns.known(coolingKey(kind, account, model), now());
  const forgive = (kind: FailureKind) => coolDowns.forgive(coolingKey(kind, account, "m"), now());
  return { coolDowns, cool, known, forgive, warnings, changes: () => changes };
}

/** Lets the calls to a store in memory end. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

test("another instance hears at once of what cools, also for a short time, whatever its clock says", async () => {
  const now = 1_000_000;
  const store = memoryStore(undefined, () => now);
  const one = await instance(store, () => now);
  const late = await instance(store, () => now + 300_000);
  one.cool("quota_exhausted", "limited", 3_600_000);
  one.cool("upstream_failed", "transient", 500);
  await settled();
  const told = late.known("limited");
  assert.equal(told?.until, now + 300_000 + 3_600_000);
  assert.equal(told.error.message, "quota_exhausted told");
  assert.equal(late.known("transient")?.until, now + 300_000 + 500);
  assert.equal(late.known("transient")?.isLate, true);
  assert.ok(late.changes() > 0, "those who wait are told");
});

test("who starts later reads what cools, with the failures in a row", async () => {
  let now = 1_000_000;
  const store = memoryStore(undefined, () => now);
  const one = await instance(store, () => now);
  one.cool("rate_limit_exceeded", "limited", 1000);
  now += 1500;
  one.cool("rate_limit_exceeded", "limited", 2000);
  await settled();
  now += 2500;
  const next = await instance(store, () => now);
  const half = next.known("limited");
  assert.deepEqual([half?.until, half?.failuresInRow], [now - 500, 1], "it is to be tried");
});

test("what one forgives all forgive, and a newer cool-down stays", async () => {
  let now = 1_000_000;
  const store = memoryStore(undefined, () => now);
  const one = await instance(store, () => now);
  const other = await instance(store, () => now);
  one.cool("account_rejected", "rejected", 1000);
  await settled();
  now += 2000;
  other.forgive("rejected");
  await settled();
  assert.equal(one.known("rejected"), undefined);
  assert.deepEqual(await store.entries("rotation/"), []);

  one.cool("account_rejected", "rejected", 1000);
  await settled();
  now += 2000;
  one.cool("account_rejected", "rejected", 5000);
  other.forgive("rejected");
  await settled();
  assert.equal(other.known("rejected")?.until, now + 5000);
  assert.equal(one.known("rejected")?.until, now + 5000);
});

test("of several who cool an account, the longest time holds for all", async () => {
  const now = 1_000_000;
  const store = memoryStore(undefined, () => now);
  const one = await instance(store, () => now);
  const other = await instance(store, () => now);
  other.cool("rate_limit_exceeded", "limited", 2000);
  one.cool("rate_limit_exceeded", "limited", 9000);
  other.cool("rate_limit_exceeded", "limited", 1000);
  await settled();
  for (const each of [one, other, await instance(store, () => now)]) {
    assert.equal(each.known("limited")?.until, now + 9000);
    assert.equal(each.known("limited")?.id, one.known("limited")?.id, "they mean the same one");
  }
});

test("a store that has lost what still cools is told again", async () => {
  const now = 1_000_000;
  const store = memoryStore(undefined, () => now);
  const one = await instance(store, () => now);
  const other = await instance(store, () => now);
  one.cool("quota_exhausted", "limited", 60_000);
  await settled();
  for (const { key } of await store.entries("rotation/")) await store.delete(key);
  await settled();
  assert.equal((await store.entries("rotation/")).length, 1);
  for (const each of [one, other, await instance(store, () => now)]) {
    assert.equal(each.known("limited")?.until, now + 60_000);
  }
});

test("a model named with half of a surrogate pair cools like any other", async () => {
  const store = memoryStore();
  const one = await instance(store, Date.now);
  one.cool("model_not_found", "unknown-model", 60_000, "m\ud800");
  await settled();
  assert.ok(one.known("unknown-model", "m\ud800"));
  assert.deepEqual(one.warnings, []);
});

test("what the store has that is no cool-down is told and passed over", async () => {
  const store = memoryStore();
  await store.set("rotation/a", "of another version", 60_000);
  await store.set("rotation/a/limited", '{"id":1}', 60_000);
  await store.set("rotation/a/%", "{", 60_000);
  const one = await instance(store, Date.now);
  assert.equal(one.coolDowns.size, 0);
  assert.deepEqual(one.warnings, ["rotation: a stored cool-down could not be read"]);
});

test("a store that fails is told, and the cool-down holds here", async () => {
  const store: Store = {
    ...memoryStore(),
    set: () => Promise.reject(new Error("the disk is full")),
  };
  const one = await instance(store, Date.now);
  one.cool("account_rejected", "rejected", 60_000);
  await settled();
  assert.ok(one.known("rejected"));
  assert.deepEqual(one.warnings, ["rotation: a cool-down could not be stored"]);
});
