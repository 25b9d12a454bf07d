import assert from "node:assert/strict";
import { test } from "node:test";
import { readGeminiOptions, type GeminiOptions } from "./options.ts";
import { poolAccounts } from "./account-access.ts";

const upstream = { name: "x", send: () => Promise.reject(new Error("unused")) };

test("keys separated by commas are accounts, each once", () => {
  const { accounts, baseUrl } = readGeminiOptions({ keys: " a, b,,a " });
  assert.deepEqual(accounts, [{ key: "a" }, { key: "b" }]);
  assert.equal(baseUrl, "https://generativelanguage.googleapis.com");
});

test("an account shows its label, and its key to nobody", () => {
  const keys = new WeakMap();
  const given = [{ key: "sec-1", label: "me", quotaGroup: "p" }, { key: "sec-2" }];
  const accounts = poolAccounts("gemini", given, upstream, keys);
  assert.deepEqual(
    accounts.map(({ label, quotaGroup }) => [label, quotaGroup]),
    [
      ["me", "p"],
      ["gemini key 2", undefined],
    ],
  );
  assert.equal(JSON.stringify(accounts).includes("sec-"), false);
  const [, second] = accounts;
  const [alone] = poolAccounts("gemini", [{ key: "sec-2" }], upstream, keys);
  assert.equal(alone?.id, second?.id, "an id follows from the key and not from the place");
  assert.equal(keys.get(accounts[1] ?? {}), "sec-2");
});

test("a wrong option is named, with a way to write it", () => {
  const table: readonly (readonly [unknown, RegExp])[] = [
    [{}, /gemini: `accounts` must be given, or `keys` instead of it\. Write it like this/],
    [{ keys: "" }, /`keys` must hold at least one key/],
    [{ keys: "a b" }, /`keys` must be keys without blanks/],
    [{ keys: "a", accounts: [{ key: "b" }] }, /`accounts` must be given/],
    [{ accounts: [] }, /`accounts` must have at least one/],
    [{ accounts: [{ key: "k\nx" }] }, /`accounts\.0\.key` must be a key without blanks/],
    [{ accounts: [{ key: "k", proxy: "nope" }] }, /`accounts\.0\.proxy` must be a URL/],
    [{ keys: "a", baseUrl: "ftp://x" }, /`baseUrl` must be a URL/],
    [{ keys: "a", basUrl: "x" }, /there is no option `basUrl`\. Did you mean `baseUrl`\?/],
    [{ accounts: [{ key: "k", lable: "x" }] }, /`accounts\.0\.lable` is no option/],
    [{ accounts: [{}] }, /`accounts\.0\.key` is missing/],
  ];
  for (const [options, complaint] of table) {
    assert.throws(() => readGeminiOptions(options as GeminiOptions), complaint);
  }
});

const readBlankKey = () => readGeminiOptions({ accounts: [{ key: "sec ret" }] });

test("a wrong key is not in the complaint", () => {
  assert.throws(readBlankKey, (error: Error) => !error.message.includes("sec ret"));
});
