import assert from "node:assert/strict";
import { test } from "node:test";
import { FaultyText } from "./code-frame.ts";
import { parseJson } from "./json-with-comments.ts";

test("comments and commas at the end are read, and texts stay what they are", () => {
  const text = `// first
{
  "a": "// no /* comment", /* one
  that goes on */ "b": ["\\"//", 1, /* last */ ],
  "c": {}, // end
}`;
  assert.deepEqual(parseJson(text), { a: "// no /* comment", b: ['"//', 1], c: {} });
});

const faults: readonly (readonly [text: string, line: number, column: number])[] = [
  ['{ "a": [ } }', 1, 10],
  ['{\n  // why\n  "a" 1\n}', 3, 7],
  ['{ "a": 1', 1, 9],
  ['{ "key": "sk-secret\n" }', 1, 20],
  ["{ a: 1 }", 1, 3],
];

for (const [text, line, column] of faults) {
  test(`a fault has its place and quotes nothing: ${JSON.stringify(text)}`, () => {
    assert.throws(
      () => parseJson(text),
      (thrown) => {
        assert.ok(thrown instanceof FaultyText);
        assert.deepEqual(thrown.place, { line, column });
        assert.doesNotMatch(thrown.message, /secret|position|valid JSON/);
        return true;
      },
    );
  });
}
