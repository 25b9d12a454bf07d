import assert from "node:assert/strict";
import { test } from "node:test";
import { AgproxyError, type Account, type ErrorCode, type Store } from "@agproxy/core";
import { memoryStore } from "@agproxy/core/testing";
import { coolingKey } from "./cooling-keys.ts";
import { CoolDowns } from "./cool-downs.ts";
import { KeptStandings } from "./kept-standings.ts";

const account: Account = {
  id: "a",
  label: "a",
  quotaGroup: "project",
  upstream: { name: "none", send: () => Promise.reject(new Error("not sent in this test")) },
};

function instance(store: Store, now: () => number) {
  const warnings: string[] = [];
  const log = {
    debug() {},
    info() {},
    error() {},
    warn: (_: unknown, text?: string) => void warnings.push(text ?? ""),
  };
  const coolDowns = new CoolDowns();
  const kept = new KeptStandings(coolDowns, store, log, now);
  const cool = (code: ErrorCode, kind: "limited" | "rejected", ms: number) => {
    const error = new AgproxyError(code);
    coolDowns.start(coolingKey(kind, account, "m"), now(), {
      error,
      isLate: false,
      time: () => ms,
    });
    kept.write(account);
  };
  const known = (kind: "limited" | "rejected") =>
    coolDowns.known(coolingKey(kind, account, "m"), now());
  return { kept, coolDowns, cool, known, warnings };
}

test("a long cool-down outlives a restart, a short one does not; a quota's goes by its group", async () => {
  let now = 1_000_000;
  const store = memoryStore(undefined, () => now);
  const before = instance(store, () => now);
  before.cool("quota_exhausted", "limited", 3_600_000);
  before.cool("account_rejected", "rejected", 30_000);
  now += 1000;
  const after = instance(store, () => now);
  await after.kept.read([{ account }]);
  assert.equal(after.known("limited")?.until, 1_000_000 + 3_600_000);
  assert.equal(after.known("limited")?.error.code, "quota_exhausted");
  assert.equal(after.known("rejected"), undefined);
  assert.equal(after.kept.read([{ account }]), undefined, "an owner is read once");
});

test("what is forgiven is gone from the store too", async () => {
  const now = 1_000_000;
  const store = memoryStore(undefined, () => now);
  const before = instance(store, () => now);
  before.cool("account_rejected", "rejected", 300_000);
  before.coolDowns.delete(coolingKey("rejected", account, "m"));
  before.kept.write(account);
  const after = instance(store, () => now);
  await after.kept.read([{ account }]);
  assert.equal(after.known("rejected"), undefined);
});

test("what the store has that is no standing is told and passed over", async () => {
  const store = memoryStore();
  await store.set("rotation/a", '{"limited\\nm":{"until":"soon"}}', 60_000);
  const one = instance(store, Date.now);
  await one.kept.read([{ account }]);
  assert.equal(one.coolDowns.size, 0);
  assert.deepEqual(one.warnings, ["The kept standing of an account could not be read."]);
});
