import assert from "node:assert/strict";
import { test } from "node:test";
import { Ring } from "./ring.ts";
import { WrongKeys } from "./wrong-keys.ts";

test("a ring has the latest, in their order", () => {
  const ring = new Ring<number>(3);
  assert.deepEqual(ring.all(), []);
  for (const each of [1, 2]) ring.add(each);
  assert.deepEqual(ring.all(), [1, 2]);
  for (const each of [3, 4, 5]) ring.add(each);
  assert.deepEqual(ring.all(), [3, 4, 5]);
});

test("an address that had to wait may try again, and others never had to", () => {
  let now = 0;
  const wrong = new WrongKeys(() => now);
  for (let tries = 0; tries < 10; tries += 1) wrong.note("a");
  assert.equal(wrong.waitFor("a"), 5 * 60_000);
  assert.equal(wrong.waitFor("b"), 0);
  now = 5 * 60_000;
  assert.equal(wrong.waitFor("a"), 0);
  wrong.note("a");
  assert.equal(wrong.waitFor("a"), 0);
});

test("a client that changes its IPv6 address within its /64 gets no more guesses", () => {
  const wrong = new WrongKeys(() => 0);
  for (let tries = 0; tries < 10; tries += 1) wrong.note(`2001:db8:1:2::${tries}`);
  assert.ok(wrong.waitFor("2001:db8:1:2:ffff::1") > 0);
  assert.equal(wrong.waitFor("2001:db8:1:3::1"), 0);
});

test("a hundred thousand addresses with wrong keys take no more memory than a thousand", () => {
  const wrong = new WrongKeys(() => 0);
  for (let address = 0; address < 100_000; address += 1) wrong.note(`${address}`);
  for (let tries = 0; tries < 10; tries += 1) wrong.note("last");
  assert.ok(wrong.waitFor("last") > 0);
  assert.ok(wrong.size <= 1000);
});
