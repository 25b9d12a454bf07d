import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { table } from "./print.ts";
import { harmless } from "./terminal.ts";

/** By code points, so that this test does not share the pattern with what it tests. */
function isControl(point: number): boolean {
  const isC0 = point < 32 && point !== 10 && point !== 9;
  const isMark = [0x61c, 0x200e, 0x200f, 0xfeff].includes(point);
  const ranges = [
    [0x7f, 0x9f],
    [0x2028, 0x202e],
    [0x2066, 0x2069],
    [0xd800, 0xdfff],
  ] as const;
  return isC0 || isMark || ranges.some(([from, to]) => point >= from && point <= to);
}

test("each of the first 65,536 characters is shown, or written out where a terminal obeys it", () => {
  for (let point = 0; point < 65_536; point += 1) {
    const text = String.fromCharCode(point);
    const shown = harmless(`a${text}b`);
    if (isControl(point)) assert.match(shown, /^a\\u[0-9a-f]{4}b$/, point.toString(16));
    else assert.equal(shown, `a${text}b`);
  }
});

test("a text without controls stays as it is, emoji and all", () => {
  const text = "Grüße 👩‍👩‍👧 日本語\n\tدرجة\n";
  assert.equal(harmless(text), text);
});

test("a line of JSON says the same to a program", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const line = harmless(JSON.stringify({ text }));
      assert.deepEqual(JSON.parse(line), { text });
      assert.ok(Array.from(line).every((one) => !isControl(one.codePointAt(0) ?? 0)));
    }),
  );
});

test("a cell of a table is one line, whatever an upstream wrote into it", () => {
  const text = table([["one", "bad: no\r\n  two  sandbox  good\x1b[2J\u202e"]]);
  assert.equal(text, "  one  bad: no   two  sandbox  good\\u001b[2J\\u202e");
});

test("a megabyte of anything takes time by its length: by the square it would be minutes", () => {
  for (const one of ["\x1b", "\n", " ", "\r\n ", "\u202e", "a"]) {
    const before = process.threadCpuUsage().user;
    table([[one.repeat(1_000_000)]]);
    // Of this thread's own work, so that a busy machine fails nothing.
    const seconds = (process.threadCpuUsage().user - before) / 1_000_000;
    assert.ok(seconds < 10, `${JSON.stringify(one)}: ${seconds} s`);
  }
});
