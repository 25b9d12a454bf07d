import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { JsonBounds } from "./json-bounds.ts";
import { JsonOutline } from "./json-outline.ts";
import { parseLongJson } from "./long-json.ts";

/** Parses as if a few bytes were long, read in pieces of so many. */
async function parse(bytes: Buffer, readBytes = bytes.byteLength): Promise<unknown> {
  const outline = new JsonOutline({ longString: 6, segment: 4 });
  const bounds = new JsonBounds(undefined, outline);
  for (let at = 0; at < bytes.byteLength; at += readBytes) {
    bounds.read(bytes.toString("latin1", at, at + readBytes));
  }
  return parseLongJson(bytes, outline);
}

const invalid = { code: "invalid_json" };

/** Reads a text as `JSON.parse` does, or refuses it as that does. */
async function assertSame(bytes: Buffer, readBytes?: number): Promise<void> {
  let expected: unknown;
  try {
    expected = JSON.parse(bytes.toString());
  } catch {
    await assert.rejects(async () => parse(bytes, readBytes), invalid);
    return;
  }
  const value = await parse(bytes, readBytes);
  assert.deepEqual(value, expected);
  assert.equal(JSON.stringify(value), JSON.stringify(expected), "also the order of fields");
}

const json = fc
  .jsonValue({ maxDepth: 4, stringUnit: "binary" })
  .chain((value) => fc.constantFrom(JSON.stringify(value), JSON.stringify(value, undefined, 2)));

test("JSON is read as JSON.parse reads it, wherever it is cut", async () => {
  await fc.assert(
    fc.asyncProperty(json, fc.integer({ min: 1, max: 9 }), async (text, readBytes) => {
      await assertSame(Buffer.from(text), readBytes);
    }),
    { numRuns: 500 },
  );
});

test("what is no JSON is refused where JSON.parse refuses it", async () => {
  const change = fc.constantFrom(
    ...Array.from('[]{},:"\\ \n1-.eu\u0001ä\ufeff'),
    "\\u12",
    "null",
    "\\ud800",
  );
  await fc.assert(
    fc.asyncProperty(json, change, fc.nat(), fc.nat(2), async (text, added, place, removed) => {
      const at = place % (text.length + 1);
      await assertSame(Buffer.from(text.slice(0, at) + added + text.slice(at + removed)));
    }),
    { numRuns: 1000 },
  );
});

test("bytes that are no UTF-8 become what they become elsewhere", async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 40 }), async (bytes) => {
      await assertSame(
        Buffer.concat([Buffer.from('{"a":["'), bytes, Buffer.from('","bcdefgh"]}')]),
      );
    }),
    { numRuns: 500 },
  );
});

test("fields that come twice, and those with strange names, are those of JSON.parse", async () => {
  for (const text of [
    '{"a":"1234567","b":[1,2,3,4],"a":2,"c":3}',
    '{"__proto__":{"isAdmin":true},"b":"1234567","c":{"__proto__":"1234567","d":[1,2,3]}}',
    '{"2":"1234567","1":[1,2,3],"constructor":"1234567","toString":1}',
    '{"a long key":1,"another long key" : "1234567"}',
    '["1234567",]',
    '[,"1234567","1234567"]',
    '["1234567" "1234567"]',
    '{"a":[1,2,3}]',
    '"1234567"',
    "[1,2,3,4,5]x",
    `${"[".repeat(500)}"1234567",1${"]".repeat(500)}`,
  ]) {
    await assertSame(Buffer.from(text));
    await assertSame(Buffer.from(text), 3);
  }
});

test("a string is cut neither in an escape nor in a character", async () => {
  const units = ["a", "ä", "好", "😀", "\\n", "\\u00e4", "\\ud83d\\ude00", "\\\\", '\\"'];
  for (const unit of units) {
    for (const before of ["", "x", "xy", "xyz"]) {
      const text = `["${before}${unit.repeat(400_000)}"]`;
      assert.deepEqual(await parse(Buffer.from(text)), JSON.parse(text), unit);
    }
  }
});
