import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { jsonBody } from "./json-body.ts";

const text = async (object: object) => {
  const body = await jsonBody(object);
  return typeof body === "string" ? body : Buffer.from(body).toString();
};

test("a short object is text at once", () => {
  assert.equal(jsonBody({ a: [1, 2], b: undefined }), '{"a":[1,2]}');
});

test("long lists are written as JSON.stringify writes them, wherever they are", async () => {
  const item = fc.jsonValue({ maxDepth: 2 });
  const long = fc.array(fc.option(item, { nil: undefined }), { minLength: 64, maxLength: 90 });
  const field = fc.oneof(item, long, fc.constant(undefined));
  const inner = fc.dictionary(fc.string(), field, { maxKeys: 4 });
  const object = fc.dictionary(fc.string(), fc.oneof(field, inner), { maxKeys: 4 });
  await fc.assert(
    fc.asyncProperty(object, async (value) => {
      assert.equal(await text(value), JSON.stringify(value));
    }),
  );
});

test("long strings are written as JSON.stringify writes them, and let others have their turn", async () => {
  const letters = ["a", "ä", "\u{1f600}", '"', "\\\\", "\n"];
  for (const length of [0, 1, 2]) {
    const data = "x".repeat(length) + letters.join("").repeat(200_000);
    const inner = { parts: [{ text: "a" }, { inline: { data } }, undefined] };
    const object = { contents: [inner], last: [] };
    let turns = 0;
    const timer = setInterval(() => (turns += 1));
    assert.equal(await text(object), JSON.stringify(object));
    clearInterval(timer);
    assert.ok(turns > 0);
  }
});

test("a long list lets others have their turn", async () => {
  const contents = Array.from({ length: 100 }, () => ({ text: "ä".repeat(100_000) }));
  let turns = 0;
  const count = () => {
    turns += 1;
    waiting = setImmediate(count);
  };
  let waiting = setImmediate(count);
  const written = await text({ contents });
  clearImmediate(waiting);
  assert.equal(written, JSON.stringify({ contents }));
  assert.ok(turns > 10, `${turns} turns`);
});

test("halves of surrogate pairs become U+FFFD, and text that only looks like their escapes stays", async () => {
  const { high, low } = { high: "\ud83d", low: "\ude00" };
  const strange = {
    [`key ${high}`]: `a${high}b${low}c`,
    text: String.raw`\ud800 and \\udfff`,
    emoji: `${high}${low}`,
    nested: [{ "\udfff": ["\u0001\ud800"] }],
  };
  const expected = {
    "key \uFFFD": "a\uFFFDb\uFFFDc",
    text: String.raw`\ud800 and \\udfff`,
    emoji: "😀",
    nested: [{ "\uFFFD": ["\u0001\uFFFD"] }],
  };
  const json = jsonBody(strange);
  assert.equal(json, JSON.stringify(expected));
  const long = Array.from({ length: 200 }, () => strange);
  const bytes = await jsonBody({ long });
  assert.deepEqual(JSON.parse(Buffer.from(bytes).toString()), { long: long.map(() => expected) });
});
