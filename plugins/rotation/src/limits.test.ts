import assert from "node:assert/strict";
import { test } from "node:test";
import type { Account } from "@agproxy/core";
import { Limits } from "./limits.ts";

const account = (id: string, quotaGroup?: string): Account => ({
  id,
  label: id,
  upstream: { name: "none", send: () => Promise.reject(new Error("not sent in this test")) },
  ...(quotaGroup === undefined ? {} : { quotaGroup }),
});
const [ada, bob] = [
  { id: "ada", name: "ada" },
  { id: "bob", name: "bob" },
];

test("counts each account's open attempts, by its id", () => {
  const limits = new Limits({});
  for (const id of ["a", "a", "b"]) limits.began(account(id), 0);
  limits.ended(account("b"));
  assert.deepEqual([limits.openOn(account("a")), limits.openOn(account("b"))], [2, 0]);
});

test("so many at once, then none until one has ended", () => {
  const limits = new Limits({ a: { concurrency: 2 } });
  const a = account("a");
  limits.began(a, 0);
  assert.equal(limits.obstacle(a, ada, 0), undefined);
  limits.began(a, 0);
  assert.equal(limits.obstacle(a, ada, 0)?.isBusy, true);
  assert.equal(limits.obstacle(account("b"), ada, 0), undefined);
  limits.ended(a);
  assert.equal(limits.obstacle(a, ada, 0), undefined);
});

test("so many in any minute, and when there is room again", () => {
  const limits = new Limits({ "*": { requestsPerMinute: 2 } });
  const a = account("a");
  limits.began(a, 1000);
  limits.began(a, 5000);
  assert.equal(limits.obstacle(a, ada, 10_000)?.until, 61_000);
  assert.equal(limits.obstacle(account("b"), ada, 10_000), undefined);
  assert.equal(limits.obstacle(a, ada, 61_000), undefined);
  limits.began(a, 61_000);
  assert.equal(limits.obstacle(a, ada, 61_001)?.until, 65_000);
});

test("a group's limit is that of all its accounts together", () => {
  const limits = new Limits({ project: { concurrency: 1 } });
  limits.began(account("a", "project"), 0);
  assert.equal(limits.obstacle(account("b", "project"), ada, 0)?.isBusy, true);
  assert.equal(limits.obstacle(account("project"), ada, 0), undefined);
});

test("a reserve is kept for its callers, by name or id", () => {
  const limits = new Limits({
    a: {
      concurrency: 3,
      requestsPerMinute: 3,
      reserve: { callers: ["ada"], concurrency: 1, requestsPerMinute: 2 },
    },
  });
  const a = account("a");
  limits.began(a, 0);
  assert.equal(limits.obstacle(a, bob, 10)?.until, 60_000);
  assert.equal(limits.obstacle(a, ada, 10), undefined);
});

test("where all is reserved, the others never get any", () => {
  const limits = new Limits({
    a: { requestsPerMinute: 1, reserve: { callers: ["ada"], requestsPerMinute: 1 } },
  });
  assert.equal(limits.obstacle(account("a"), bob, 0)?.isBusy, true);
  assert.equal(limits.obstacle(account("a"), ada, 0), undefined);
});
