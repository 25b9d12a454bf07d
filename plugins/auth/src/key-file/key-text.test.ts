import assert from "node:assert/strict";
import { test } from "node:test";
import { callerIdOf, digestOf, isKeyText, newKey, shownPart } from "./key-text.ts";

const key = "sk-agp-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefg3YJKL4";

test("a new key has the form that docs/keys.md names, and no two are equal", () => {
  const keys = Array.from({ length: 1000 }, newKey);
  for (const each of keys) assert.match(each, /^sk-agp-[0-9A-Za-z]{49}$/);
  assert.ok(keys.every(isKeyText));
  assert.equal(new Set(keys).size, 1000);
});

test("a key with one wrong, missing or swapped character is none", () => {
  const good = newKey();
  assert.ok(isKeyText(good));
  for (let at = 0; at < good.length; at += 1) {
    const other = good[at] === "x" ? "y" : "x";
    assert.equal(isKeyText(good.slice(0, at) + other + good.slice(at + 1)), false, `${at}`);
    assert.equal(isKeyText(good.slice(0, at) + good.slice(at + 1)), false, `${at}`);
  }
});

test("the checksum is CRC-32 in base 62, so that a scanner can check it without agproxy", () => {
  assert.ok(isKeyText(key));
});

test("a list shows four characters of the secret", () => {
  assert.equal(shownPart(key), "sk-agp-0123");
});

test("a caller's id follows from the key, and is no part of its digest", () => {
  const digest = digestOf(key);
  assert.match(digest, /^[0-9a-f]{64}$/);
  assert.match(callerIdOf(digest), /^[0-9a-f]{16}$/);
  assert.ok(!digest.includes(callerIdOf(digest)));
});
