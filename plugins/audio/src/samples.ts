/** Bare 16-bit samples, little-endian. */
export interface Samples {
  /** Per second. */
  readonly rate: number;
  readonly channels: number;
  readonly bytes: Uint8Array;
}

/** A piece of audio as a model gives it. */
export interface AudioPiece {
  readonly mimeType: string;
  /** base64 */
  readonly data: string;
}

/**
 * The samples of a piece; undefined where it is compressed. `audio/L16` is big-endian by RFC 2586, but
 * Gemini's is little-endian: https://ai.google.dev/gemini-api/docs/speech-generation
 */
export function samplesOf({ mimeType, data }: AudioPiece): Samples | undefined {
  const bytes = Buffer.from(data, "base64");
  if (isWav(bytes)) return wavSamples(bytes);
  if (!/^audio\/(l16|pcm)\b/i.test(mimeType)) return undefined;
  return {
    rate: parameter(mimeType, "rate", 24_000),
    channels: parameter(mimeType, "channels", 1),
    bytes,
  };
}

function parameter(mimeType: string, name: string, otherwise: number): number {
  const [, digits] = new RegExp(`;\\s*${name}=(\\d{1,6})\\b`, "i").exec(mimeType) ?? [];
  return Number(digits) > 0 ? Number(digits) : otherwise;
}

export function isWav(bytes: Buffer): boolean {
  return bytes.toString("latin1", 0, 4) === "RIFF" && bytes.toString("latin1", 8, 12) === "WAVE";
}

/** Only plain 16-bit samples; a WAV file can also hold others. */
function wavSamples(bytes: Buffer): Samples | undefined {
  let format: Omit<Samples, "bytes"> | undefined;
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
