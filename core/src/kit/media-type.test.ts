import assert from "node:assert/strict";
import { test } from "node:test";
import { mediaTypeOfContent, mediaTypeOfName } from "./media-type.ts";

const beginnings: readonly (readonly [string, string | undefined])[] = [
  ["\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "image/png"],
  ["\xff\xd8\xff\xe0\0\x10JFIF", "image/jpeg"],
  ["GIF89a\x01\0\x01\0", "image/gif"],
  ["RIFF\x24\0\0\0WEBPVP8 ", "image/webp"],
  ["RIFF\x24\0\0\0WAVEfmt ", "audio/wav"],
  ["\0\0\0\x18ftypheic\0\0\0\0", "image/heic"],
  ["\0\0\0\x18ftypM4A \0\0\0\0", "audio/mp4"],
  ["\0\0\0\x18ftypisom\0\0\0\0", "video/mp4"],
  ["\x1a\x45\xdf\xa3\x01", "video/webm"],
  ["ID3\x04\0", "audio/mpeg"],
  ["OggS\0\x02", "audio/ogg"],
  ["fLaC\0\0", "audio/flac"],
  ["%PDF-1.7\n", "application/pdf"],
  ["hello", undefined],
  ["", undefined],
];

for (const [text, type] of beginnings) {
  test(`what begins with ${JSON.stringify(text)} is ${type}, as bytes and in base64`, () => {
    const bytes = Buffer.from(text, "latin1");
    assert.equal(mediaTypeOfContent(bytes), type);
    assert.equal(mediaTypeOfContent(bytes.toString("base64")), type);
    assert.equal(mediaTypeOfContent(Buffer.concat([bytes, Buffer.alloc(100)])), type);
  });
}

test("a name's extension tells the type, in any case; a name without one tells none", () => {
  assert.equal(mediaTypeOfName("holiday/cat.JPG"), "image/jpeg");
  assert.equal(mediaTypeOfName("notes.tar.md"), "text/markdown");
  assert.equal(mediaTypeOfName("README"), undefined);
  assert.equal(mediaTypeOfName(""), undefined);
});
