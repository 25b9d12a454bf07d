import { type SampleFormat, sampleFormatOf } from "@agproxy/plugin-openai-wire";

/** Bare 16-bit samples, little-endian. */
export interface Samples extends SampleFormat {
  readonly bytes: Uint8Array;
}

/** A piece of audio as a model gives it. */
export interface AudioPiece {
  readonly mimeType: string;
  /** base64 */
  readonly data: string;
}

/** The samples of a piece; undefined where it is compressed. */
export function samplesOf({ mimeType, data }: AudioPiece): Samples | undefined {
  const bytes = Buffer.from(data, "base64");
  if (isWav(bytes)) return wavSamples(bytes);
  const format = sampleFormatOf(mimeType);
  return format === undefined ? undefined : { ...format, bytes };
}

export function isWav(bytes: Buffer): boolean {
  return bytes.toString("latin1", 0, 4) === "RIFF" && bytes.toString("latin1", 8, 12) === "WAVE";
}

/** Only plain 16-bit samples; a WAV file can also hold others. */
function wavSamples(bytes: Buffer): Samples | undefined {
  let format: SampleFormat | undefined;
  for (let at = 12; at + 8 <= bytes.length;) {
    const id = bytes.toString("latin1", at, at + 4);
    const size = bytes.readUInt32LE(at + 4);
    const body = bytes.subarray(at + 8, at + 8 + size);
    if (id === "fmt " && body.length >= 16) {
      if (body.readUInt16LE(0) !== 1 || body.readUInt16LE(14) !== 16) return undefined;
      format = { channels: body.readUInt16LE(2), rate: body.readUInt32LE(4) };
    }
    if (id === "data") return format === undefined ? undefined : { ...format, bytes: body };
    // Chunks begin at even places.
    at += 8 + size + (size % 2);
  }
  return undefined;
}
