import assert from "node:assert/strict";
import { test } from "node:test";
import { createHeldBytes } from "./held-bytes.ts";

class Busy extends Error {}

const held = () => createHeldBytes(100, () => new Busy());

test("a caller has half of all, callers together have all, and what is released is free again", () => {
  const hold = held();
  const [a1, a2, b1, c1] = [hold("a"), hold("a"), hold("b"), hold("c")];
  a1.add(30);
  a2.add(20);
  assert.throws(() => a2.add(1), Busy);
  b1.add(40);
  assert.throws(() => c1.add(20), Busy);
  a2.release();
  c1.release();
  hold("c").add(20);
  hold("a").add(9);
});

test("a request alone is not refused, however large its own limit lets it be", () => {
  const hold = held();
  const only = hold("a");
  only.add(90);
  only.add(90);
  assert.throws(() => hold("a").add(1), Busy);
});

test("what arrives after the end of its request counts no more", () => {
  const hold = held();
  const gone = hold("a");
  gone.add(40);
  gone.release();
  gone.release();
  gone.add(1000);
  const [next, other] = [hold("a"), hold("b")];
  next.add(50);
  other.add(50);
});
