import assert from "node:assert/strict";
import { test } from "node:test";
import { newStamp, randomId } from "./stamp.ts";

test("No id comes twice, however many are drawn", () => {
  const ids = Array.from({ length: 1000 }, randomId);
  assert.equal(new Set(ids).size, ids.length);
  for (const id of ids) assert.match(id, /^[0-9a-f]{32}$/);
});

test("A stamp is of the second it is made in", () => {
  const before = Math.floor(Date.now() / 1000);
  const { created } = newStamp();
  assert.ok(created >= before && created <= Date.now() / 1000);
});
