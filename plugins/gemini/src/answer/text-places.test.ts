import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { textPlaces } from "./text-places.ts";

const texts = fc.array(fc.constantFrom("a", "é", "語", "😀", "\ud83d"), { maxLength: 12 });

test("offsets mean what they mean in the text's bytes, inside of characters too", () => {
  fc.assert(
    fc.property(texts, texts, fc.nat(40), fc.nat(40), (before, after, from, to) => {
      const [start, text] = [before.join("").length, [...before, ...after].join("")];
      const bytes = Buffer.from(text.slice(start));
      const places = textPlaces({ text, partStarts: [0, start] });
      const position = (offset: number) => start + bytes.subarray(0, offset).toString().length;
      const isInside = from < to && to <= bytes.length;
      const expected = isInside ? { start: position(from), end: position(to) } : {};
      assert.deepEqual(places.range(places.partStart(1), from, to), expected);
    }),
  );
});

test("many offsets and many words in a long text take a moment", () => {
  const text = "é".repeat(2_000_000);
  const places = textPlaces({ text, partStarts: [] });
  const before = performance.now();
  for (let index = 0; index < 20_000; index += 1) {
    assert.deepEqual(places.range(0, 2 * index, 2 * index + 2), { start: index, end: index + 1 });
    assert.deepEqual(places.search(`not there ${index}`), {});
  }
  // By the square it would be minutes.
  assert.ok(performance.now() - before < 20_000);
});

test("words are found as long as all texts read for them are short enough", () => {
  const places = textPlaces({ text: `${"a".repeat(1_000_000)} end`, partStarts: [] });
  assert.deepEqual(places.search("end"), { start: 1_000_001, end: 1_000_004 });
  for (let index = 0; index < 100; index += 1) places.search("not there");
  assert.deepEqual(places.search("end"), {});
});
