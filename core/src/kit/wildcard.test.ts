import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { fits } from "./wildcard.ts";

for (const [pattern, text, expected] of [
  ["image/*", "image/png", true],
  ["image/*", "text/image/png", false],
  ["*.example.com", "a.b.example.com", true],
  ["*.example.com", "example.com", false],
  ["*.example.com", "example.com.evil.test", false],
  ["a*a", "a", false],
  ["a*a", "aa", true],
  ["https://a/*/files/*", "https://a/v1/files/x", true],
  ["https://a/*/files/*", "https://a/files/x", false],
  ["example.com", "example.com", true],
  ["example.com", "example.com.", false],
  ["*", "", true],
] as const) {
  test(`${pattern} and "${text}": ${expected}`, () => assert.equal(fits(pattern, text), expected));
}

test("a text made from a pattern fits it", () => {
  fc.assert(
    fc.property(fc.array(fc.string(), { minLength: 1 }), fc.array(fc.string()), (pieces, runs) => {
      const plain = pieces.map((piece) => piece.replaceAll("*", ""));
      const text = plain.map((piece, index) => (index === 0 ? "" : (runs[index] ?? "")) + piece);
      assert.ok(fits(plain.join("*"), text.join("")));
    }),
  );
});
