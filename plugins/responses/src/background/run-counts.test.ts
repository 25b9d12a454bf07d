import assert from "node:assert/strict";
import { test } from "node:test";
import { RunCounts } from "./run-counts.ts";

const ada = { id: "ada", name: "Ada" };
const bob = { id: "bob", name: "Bob" };
const refused = { code: "caller_limit_reached", retryAfter: 5000 };

test("each caller has so many runs, and so many bytes in them", () => {
  const counts = new RunCounts({ runs: 2, bytes: 100 });
  const ends = [counts.enter(ada, 10), counts.enter(ada, 10)];
  assert.throws(() => counts.enter(ada, 10), refused);
  counts.enter(bob, 60)();
  counts.enter(bob, 200);
  assert.throws(() => counts.enter(bob, 10), refused);
  for (const end of ends) end();
  counts.enter(ada, 60);
  assert.throws(() => counts.enter(ada, 60), refused);
});
