import assert from "node:assert/strict";
import { test } from "node:test";
import type { Account } from "@agproxy/core";
import { OpenAttempts } from "./open-attempts.ts";

// Only a key here.
const account = (id: string): Account => ({
  id,
  label: id,
  upstream: { name: "none", send: () => Promise.reject(new Error("not sent in this test")) },
});

test("counts each account's open attempts, by its id", () => {
  const open = new OpenAttempts();
  open.begin(account("a"));
  open.begin(account("a"));
  open.begin(account("b"));
  open.end(account("b"));
  assert.deepEqual([open.on(account("a")), open.on(account("b"))], [2, 0]);
});
