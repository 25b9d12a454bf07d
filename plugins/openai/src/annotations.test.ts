import assert from "node:assert/strict";
import { test } from "node:test";
import type { Citation } from "@agproxy/core";
import * as fc from "fast-check";
import { annotations, Layout } from "./annotations.ts";

const url = "https://a";

function range(citation: Omit<Citation, "url">, inserts: readonly (readonly [number, number])[]) {
  const layout = new Layout();
  for (const [at, length] of inserts) {
    layout.addText(at - layout.textLength);
    layout.addInsert(length);
  }
  layout.addText(10 - layout.textLength);
  const [annotation] = annotations([{ url, ...citation }], layout);
  return [annotation?.url_citation.start_index, annotation?.url_citation.end_index];
}

for (const [title, citation, inserts, expected] of [
  ["nothing between", { start: 2, end: 4 }, [], [2, 4]],
  ["something before", { start: 2, end: 4 }, [[1, 5]], [7, 9]],
  ["something right before", { start: 2, end: 4 }, [[2, 5]], [7, 9]],
  ["something inside", { start: 2, end: 4 }, [[3, 5]], [2, 9]],
  ["something right after", { start: 2, end: 4 }, [[4, 5]], [2, 4]],
  ["the text's own start after something", { start: 0, end: 4 }, [[0, 5]], [5, 9]],
  ["the whole answer, something before it too", {}, [[0, 5]], [0, 15]],
  ["only an end", { end: 4 }, [[0, 5]], [0, 9]],
] as const) {
  test(`a citation's place: ${title}`, () => {
    assert.deepEqual(range(citation, inserts), expected);
  });
}

test("what stands in the place begins and ends as what was cited", () => {
  const inserts = fc.array(fc.tuple(fc.nat(10), fc.string({ minLength: 1 })), { maxLength: 4 });
  fc.assert(
    fc.property(fc.nat(8), fc.integer({ min: 1, max: 2 }), inserts, (start, size, unsorted) => {
      const text = "0123456789";
      const end = start + size;
      const sorted = unsorted.toSorted(([a], [b]) => a - b);
      let content = "";
      for (let at = 0; at <= text.length; at += 1) {
        content += sorted
          .filter(([place]) => place === at)
          .map(([, piece]) => piece)
          .join("");
        content += text.slice(at, at + 1);
      }
      const lengths = sorted.map(([at, piece]) => [at, piece.length] as const);
      const found = content.slice(...(range({ start, end }, lengths) as [number, number]));
      assert.equal(found[0], text[start]);
      assert.equal(found.at(-1), text[end - 1]);
    }),
  );
});

test("a hundred thousand citations of as many inserts take no time by their product", () => {
  const many = 100_000;
  const layout = new Layout();
  for (let index = 0; index < many; index += 1) {
    layout.addText(1);
    layout.addInsert(1);
  }
  const begun = performance.now();
  const citations = Array.from({ length: many }, (_, start) => ({ url, start, end: start + 1 }));
  const { url_citation: last } = annotations(citations, layout).at(-1)!;
  assert.deepEqual([last.start_index, last.end_index], [2 * many - 2, 2 * many - 1]);
  assert.ok(performance.now() - begun < 5000);
});
