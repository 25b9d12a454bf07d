import assert from "node:assert/strict";
import { test } from "node:test";
import { sandbox } from "./index.ts";
import type { SandboxOptions } from "./options.ts";

test("a wrong option is named before anything starts", () => {
  const table: readonly (readonly [unknown, RegExp])[] = [
    [{ acounts: 2 }, /sandbox: there is no option `acounts`\. Did you mean `accounts`\?/],
    [{ accounts: "2" }, /`accounts` must be a list/],
    [{ accounts: -1 }, /`accounts` must be 0 or more/],
    [{ accounts: [{ lable: "x" }] }, /`accounts\.0\.lable` is no option/],
    [{ accounts: [{ fail: "quotas" }] }, /`accounts\.0\.fail` must be one of rate-limit, quota/],
    [{ accounts: [{ fail: ["cut", "x"] }] }, /`accounts\.0\.fail\.1` must be one of/],
    [{ paceMs: "fast" }, /`paceMs` must be a number/],
    [{ record: 1.5 }, /`record` must be a whole number/],
  ];
  for (const [options, fault] of table) {
    assert.throws(() => sandbox(options as SandboxOptions), fault);
  }
});
