import assert from "node:assert/strict";
import { test } from "node:test";
import { accountKind, readGeminiOptions, type GeminiOptions } from "./options.ts";
import { accountMaker } from "./account-access.ts";

const upstream = { name: "x", send: () => Promise.reject(new Error("unused")) };

test("keys separated by commas are accounts, each once", () => {
  const { accounts, baseUrl } = readGeminiOptions({ keys: " a, b,,a " });
  assert.deepEqual(accounts, [{ key: "a" }, { key: "b" }]);
  assert.equal(baseUrl, "https://generativelanguage.googleapis.com");
});

test("an account shows its label, and its key to nobody", () => {
  const keys = new WeakMap();
  const make = accountMaker(upstream, keys);
  const accounts = [
    make({ key: "sec-1", label: "me", quotaGroup: "p" }, "1", "gemini key 1"),
    make({ key: "sec-2" }, "2", "gemini key 2"),
  ];
  assert.deepEqual(
    accounts.map(({ label, quotaGroup }) => [label, quotaGroup]),
    [
      ["me", "p"],
      ["gemini key 2", undefined],
    ],
  );
  assert.equal(JSON.stringify(accounts).includes("sec-"), false);
  assert.equal(keys.get(accounts[1] ?? {}), "sec-2");
});

test("a wrong option is named, with a way to write it", () => {
  const table: readonly (readonly [unknown, RegExp])[] = [
    [{ keys: "" }, /`keys` must hold at least one key/],
    [{ keys: "a b" }, /`keys` must be keys without blanks/],
    [
      { keys: "a", accounts: [{ key: "b" }] },
      /`accounts` and `keys` cannot both be given\. Write it like this/,
    ],
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

const filed = () => accountKind.read({ label: "x", key: "sec ret" });
const readBlankKey = () => readGeminiOptions({ accounts: [{ key: "sec ret" }] });

test("a wrong key is not in the complaint", () => {
  assert.throws(readBlankKey, (error: Error) => !error.message.includes("sec ret"));
  assert.throws(
    filed,
    (error: Error) =>
      /`key` must be a key/.test(error.message) && !error.message.includes("sec ret"),
  );
});
