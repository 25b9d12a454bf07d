import assert from "node:assert/strict";
import { test } from "node:test";
import { checkType, declaredType, typeOf } from "./media-type.ts";
import { Refusal } from "./refusal.ts";

for (const [header, expected] of [
  ["image/png", "image/png"],
  ["Image/PNG; charset=binary", "image/png"],
  ["image/svg+xml", "image/svg+xml"],
  ["application/octet-stream", undefined],
  ["binary/octet-stream;x=y", undefined],
  ["image", undefined],
  ["image/png, text/html", undefined],
  ["", undefined],
  [undefined, undefined],
] as const) {
  test(`Content-Type ${header} declares ${expected}`, () => {
    assert.equal(declaredType(header), expected);
  });
}

for (const [start, expected] of [
  ["\x89PNG\r\n\x1a\n1234", "image/png"],
  ["\xff\xd8\xff\xe0", "image/jpeg"],
  ["GIF89a", "image/gif"],
  ["RIFF\n\n\n\nWEBPVP8 ", "image/webp"],
  ["RIFF1234WAVEfmt ", "audio/wav"],
  ["\0\0\0\x18ftypheic", "image/heic"],
  ["\0\0\0\x18ftypM4A ", "audio/mp4"],
  ["\0\0\0\x18ftypisom", "video/mp4"],
  ["%PDF-1.7", "application/pdf"],
  ["hello", "application/octet-stream"],
  ["", "application/octet-stream"],
] as const) {
  test(`a file that begins with ${JSON.stringify(start)} is ${expected}`, () => {
    assert.equal(typeOf(Buffer.from(start, "latin1")), expected);
  });
}

test("a type that is not taken is refused with those that are", () => {
  checkType("image/png", ["image/*"], "a.example");
  assert.throws(
    () => checkType("application/zip", ["image/*", "text/plain"], "a.example"),
    (error) =>
      error instanceof Refusal &&
      error.message === "a.example sent application/zip; image/*, text/plain are taken.",
  );
});
