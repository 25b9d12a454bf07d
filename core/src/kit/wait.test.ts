import assert from "node:assert/strict";
import { test } from "node:test";
import { duration, retryAfterHeader } from "./wait.ts";

const now = Date.parse("2026-11-22T12:00:00Z");

test("durations and headers", () => {
  assert.equal(duration("479.417207ms"), 480);
  assert.equal(duration("1h2m3s"), 3_723_000);
  for (const text of ["", "soon", "5", "5 s", "-5s"]) assert.equal(duration(text), undefined, text);
  assert.equal(retryAfterHeader("1.5", now), 1500);
  assert.equal(retryAfterHeader("Sun, 22 Nov 2026 12:01:00 GMT", now), 60_000);
  assert.equal(retryAfterHeader("Sun, 22 Nov 2026 11:00:00 GMT", now), 0);
  assert.equal(retryAfterHeader("nonsense", now), undefined);
});
