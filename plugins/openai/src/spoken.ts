import { Buffer } from "node:buffer";

/** How a client wants sound: as a file with a header, or as bare samples of 16 bits. */
export type SoundFormat = "wav" | "pcm16";

export interface Sound {
  readonly mimeType: string;
  /** base64 */
  readonly data: string;
}

/**
 * `message.audio` of a spoken answer. Nothing is kept for a later turn, so it expires when it is made.
 * Source: https://platform.openai.com/docs/api-reference/chat/object
 *
 * @param created seconds since the epoch
 */
export function wireAudio(
  id: string,
  sounds: readonly Sound[],
  { created, transcript, format }: AudioWish,
) {
  return { id, data: joined(sounds, format), expires_at: created, transcript };
}

interface AudioWish {
  readonly created: number;
  readonly transcript: string;
  readonly format: SoundFormat;
}

/** Pieces of samples as one sound. What has a header of its own stays as the model encoded it. */
function joined(sounds: readonly Sound[], format: SoundFormat): string {
  const [first] = sounds;
  if (first === undefined) return "";
  if (sounds.length === 1 && (format === "pcm16" || !isSamples(first))) return first.data;
  const bytes = Buffer.concat(sounds.map(({ data }) => Buffer.from(data, "base64")));
  const isFile = format === "pcm16" || !isSamples(first);
  return (isFile ? bytes : Buffer.concat([wavHeader(first, bytes.length), bytes])).toString(
    "base64",
  );
}

function isSamples({ mimeType }: Sound): boolean {
  return /^audio\/(?:l16|pcm)\b/i.test(mimeType);
}

/** Source: http://soundfile.sapp.org/doc/WaveFormat/ */
function wavHeader({ mimeType }: Sound, size: number): Buffer {
  const rate = Number(/\brate=(\d{1,7})/i.exec(mimeType)?.[1] ?? 24_000);
  const header = Buffer.alloc(44);
  header.write("RIFF", 0, "latin1");
  header.writeUInt32LE(size + 36, 4);
  header.write("WAVEfmt ", 8, "latin1");
  header.writeUInt32LE(16, 16);
  // Samples without compression, one channel.
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(rate, 24);
  header.writeUInt32LE(rate * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write("data", 36, "latin1");
  header.writeUInt32LE(size, 40);
  return header;
}
