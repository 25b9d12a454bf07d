/** What a player must know of bare 16-bit samples. */
export interface SampleFormat {
  /** Per second. */
  readonly rate: number;
  readonly channels: number;
}

/**
 * The format of bare samples, from their media type; undefined for any other type. `audio/L16` is big-endian by RFC
 * 2586, but Gemini's is little-endian: https://ai.google.dev/gemini-api/docs/speech-generation
 */
export function sampleFormatOf(mimeType: string): SampleFormat | undefined {
  if (!/^audio\/(l16|pcm)\b/i.test(mimeType)) return undefined;
  return {
    rate: parameter(mimeType, "rate", 24_000),
    channels: parameter(mimeType, "channels", 1),
  };
}

function parameter(mimeType: string, name: string, otherwise: number): number {
  const [, digits] = new RegExp(`;\\s*${name}=(\\d{1,6})\\b`, "i").exec(mimeType) ?? [];
  return Number(digits) > 0 ? Number(digits) : otherwise;
}

/** The size in a header where it is not known yet: the largest there is. */
export const unknownSize = 0xffffffff;

const headerLength = 44;

/**
 * The 44 bytes before the samples of a WAV file.
 * Source: https://www.mmsp.ece.mcgill.ca/Documents/AudioFormats/WAVE/WAVE.html
 *
 * @param size of the samples in bytes, or `unknownSize`
 */
export function wavHeader({ rate, channels }: SampleFormat, size: number): Buffer {
  const frame = channels * 2;
  const header = Buffer.alloc(headerLength);
  header.write("RIFF", 0, "latin1");
  header.writeUInt32LE(Math.min(size + headerLength - 8, unknownSize), 4);
  header.write("WAVEfmt ", 8, "latin1");
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(channels, 22);
  header.writeUInt32LE(rate, 24);
  header.writeUInt32LE(rate * frame, 28);
  header.writeUInt16LE(frame, 32);
  header.writeUInt16LE(16, 34);
  header.write("data", 36, "latin1");
  header.writeUInt32LE(Math.min(size, unknownSize), 40);
  return header;
}
