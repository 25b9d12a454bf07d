import assert from "node:assert/strict";
import { test } from "node:test";
import { AccountPool, servesModel } from "./account-pool.ts";
import { accountHeaders, accountOf } from "./account-options.ts";
import type { Account } from "./stages.ts";

const upstream = { name: "none", send: () => Promise.reject(new Error("not sent in this test")) };

const account = (id: string, more: Partial<Account> = {}): Account => ({
  id,
  label: id,
  upstream,
  ...more,
});

function poolOf(...accounts: readonly Account[]): AccountPool {
  const pool = new AccountPool();
  pool.add(accounts, "test");
  return pool;
}

const served = (pool: AccountPool, name: string) => {
  const { model, candidates } = pool.serving(name);
  return [model, ...candidates.map((candidate) => candidate.account.id)];
};

for (const [models, exclude, model, serves] of [
  [undefined, undefined, "any", true],
  [["large-*"], undefined, "large-1", true],
  [["large-*"], undefined, "LARGE-1", true],
  [["Large-*"], undefined, "large-1", true],
  [["large-*"], undefined, "small-1", false],
  [["large-*", "small-1"], undefined, "small-1", true],
  [undefined, ["*-preview"], "large-preview", false],
  [undefined, ["*-preview"], "large", true],
  [["large-*"], ["*-preview"], "large-preview", false],
  [[], undefined, "any", false],
] as const) {
  test(`models ${models?.join() ?? "-"}, exclude ${exclude?.join() ?? "-"}: ${model} is served: ${serves}`, () => {
    const one = account("a", {
      ...(models && { models }),
      ...(exclude && { exclude }),
    });
    assert.equal(servesModel(one, model), serves);
  });
}

test("a prefix asks its own accounts only, and is not part of the model", () => {
  const pool = poolOf(
    account("a", { prefix: "work" }),
    account("b", { prefix: "work", models: ["small"] }),
    account("c"),
  );
  assert.deepEqual(served(pool, "work/large"), ["large", "a"]);
  assert.deepEqual(served(pool, "work/small"), ["small", "a", "b"]);
  assert.deepEqual(served(pool, "large"), ["large", "a", "c"]);
  assert.deepEqual(served(pool, "vendor/large"), ["vendor/large", "a", "c"]);
  assert.deepEqual(served(pool, "work"), ["work", "a", "c"]);
  assert.deepEqual(pool.target("work/vendor/x"), { prefix: "work/", model: "vendor/x" });
});

test("who serves a model is worked out once, until accounts come or go", () => {
  const [a, b] = [account("a"), account("b", { models: ["large"] })];
  const pool = poolOf(a);
  const before = pool.serving("large");
  assert.equal(pool.serving("large"), before);
  pool.add([b], "test");
  assert.deepEqual(served(pool, "large"), ["large", "a", "b"]);
  pool.remove(a);
  assert.deepEqual(served(pool, "large"), ["large", "b"]);
  assert.deepEqual(served(pool, "small"), ["small"]);
  assert.deepEqual(
    before.candidates.map((candidate) => candidate.account.id),
    ["a"],
    "who reads the former list goes on reading it",
  );
});

test("candidates are everybody's, so nobody can change one", () => {
  const { candidates } = poolOf(account("a")).serving("any");
  assert.throws(() => Object.assign(candidates[0] ?? {}, { passedOver: {} }), TypeError);
});

test("a fault adds nobody", () => {
  const pool = poolOf(account("a"));
  const faults: readonly (readonly [Account, RegExp])[] = [
    [account("a"), /second account with the id "a"/],
    [account("b", { models: "large" as never }), /\("b"\) whose `models` or `exclude`/],
    [account("b", { exclude: [""] }), /\("b"\) whose `models` or `exclude`/],
    [account("b", { prefix: "a/b" }), /\("b"\) whose `prefix`/],
    [account("b", { prefix: "" }), /\("b"\) whose `prefix`/],
    [account("b", { headers: { "a b": "1" } }), /\("b"\) with `headers` that HTTP cannot carry/],
    [account("b", { headers: { a: "1\r\nb: 2" } }), /\("b"\) with `headers`/],
    [account("b", { headers: { Host: "elsewhere" } }), /\("b"\) with `headers`/],
  ];
  for (const [wrong, fault] of faults) {
    assert.throws(() => pool.add([account("good"), wrong], "test"), fault);
    assert.deepEqual(served(pool, "m"), ["m", "a"]);
  }
});

test("a call's own headers come before those of the account, in any case of letters", () => {
  const headers = { "X-Project": "p", "X-Key": "theirs", "User-Agent": "mine" };
  assert.deepEqual(accountHeaders(account("a", { headers }), { "x-key": "ours" }), {
    "x-project": "p",
    "x-key": "ours",
    "user-agent": "mine",
  });
});

test("an account has what its options say and nothing else", () => {
  const own = { id: "a", label: "default", upstream };
  assert.deepEqual(accountOf({ label: undefined }, own), own);
  assert.deepEqual(accountOf({ label: "l", prefix: "work", models: ["m"] }, own), {
    ...own,
    label: "l",
    prefix: "work",
    models: ["m"],
  });
});
