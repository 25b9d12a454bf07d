import assert from "node:assert/strict";
import { test } from "node:test";
import type { Account } from "@agproxy/core";
import { type CurrentAccount, OpenAttempts } from "./pool.ts";

// Only a key here.
const account = (): Account => ({
  id: "a",
  label: "a",
  upstream: { name: "none", send: () => Promise.reject(new Error("not sent in this test")) },
});
const exchange = (): CurrentAccount => ({ currentAccount: undefined });

test("counts each account's open attempts", () => {
  const open = new OpenAttempts();
  const [a, b, first, second] = [account(), account(), exchange(), exchange()];
  open.begin(first, a);
  open.begin(second, a);
  assert.deepEqual([open.on(a), open.on(b)], [2, 0]);
  open.begin(second, b);
  assert.deepEqual([open.on(a), open.on(b)], [1, 1]);
});

test("an exchange ends once, however often it is told", () => {
  const open = new OpenAttempts();
  const [a, first, second] = [account(), exchange(), exchange()];
  open.begin(first, a);
  open.begin(second, a);
  open.end(first);
  open.end(first);
  assert.equal(open.on(a), 1);
  open.end(second);
  assert.equal(open.on(a), 0);
});

test("an exchange that never began ends without a trace", () => {
  const open = new OpenAttempts();
  const a = account();
  open.end(exchange());
  assert.equal(open.on(a), 0);
});
