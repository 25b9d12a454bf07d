import assert from "node:assert/strict";
import { test } from "node:test";
import { sampleFormatOf, unknownSize, wavHeader } from "./wav.ts";

for (const [type, rate, channels] of [
  ["audio/L16", 24_000, 1],
  ["audio/pcm;rate=16000", 16_000, 1],
  ["audio/l16; codec=pcm; rate=48000; channels=2", 48_000, 2],
  ["audio/pcm;rate=0", 24_000, 1],
] as const) {
  test(`samples of ${type}`, () => assert.deepEqual(sampleFormatOf(type), { rate, channels }));
}

test("compressed sound has no samples", () => {
  assert.equal(sampleFormatOf("audio/mpeg"), undefined);
  assert.equal(sampleFormatOf("audio/pcmu"), undefined);
});

test("a header says how large the file and its samples are, as far as it can", () => {
  const header = wavHeader({ rate: 24_000, channels: 2 }, 100);
  assert.deepEqual(
    [header.length, header.readUInt32LE(4), header.readUInt32LE(40)],
    [44, 136, 100],
  );
  assert.equal(header.readUInt32LE(28), 96_000);
  const open = wavHeader({ rate: 24_000, channels: 1 }, unknownSize);
  assert.deepEqual([open.readUInt32LE(4), open.readUInt32LE(40)], [unknownSize, unknownSize]);
});
