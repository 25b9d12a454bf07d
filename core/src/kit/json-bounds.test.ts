import assert from "node:assert/strict";
import { test } from "node:test";
import { bodyLimits, JsonBounds } from "./json-bounds.ts";

function read(...pieces: readonly string[]): void {
  const bounds = new JsonBounds();
  for (const piece of pieces) bounds.read(piece);
}

const maxItems = 131_072;
const refused = { code: "invalid_request" };

test("depth, items, values and keys are bounded", () => {
  const keys = Array.from({ length: 140_000 }, (_, index) => `{"${index}" : 1}`);
  assert.throws(() => read(`[[${keys.slice(0, 70_000).join(",")}],[${keys.join(",")}]]`), refused);
  assert.throws(() => read("[".repeat(1001)), refused);
  assert.throws(() => read(`[${"1,".repeat(maxItems)}1]`), refused);
  assert.throws(() => read(`[${`[${"1,".repeat(100_000)}1],`.repeat(12)}1]`), refused);
  read("[]".repeat(1000), "[".repeat(999), "]".repeat(999));
  read(`[${"1,".repeat(maxItems - 1)}1]`);
});

const list = (length: number) => `[${"1,".repeat(length - 1)}1]`;

test("a body may have less than what can only be parsed", () => {
  const within = new JsonBounds(bodyLimits);
  within.read(list(bodyLimits.items));
  assert.throws(() => within.read(list(bodyLimits.items + 1)), refused);
  assert.throws(() => new JsonBounds(bodyLimits).read(list(16_000).repeat(26)), refused);
});

test("what is in a string is no structure, wherever the string is cut", () => {
  const text = String.raw`{"a":"[[[,,,\"[,\\","b\\\"":["\\\\\"{"]}`;
  JSON.parse(text);
  const structure = "[".repeat(2000);
  for (let cut = 0; cut <= text.length; cut += 1) {
    const before = text.slice(0, cut);
    const after = text.slice(cut);
    read(before, after, "[".repeat(998));
    // The string of brackets counts only once the text is over.
    assert.throws(() => read(before, after, structure), refused);
    read(before, after, `"`, structure);
  }
});
