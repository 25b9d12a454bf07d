import { Buffer } from "node:buffer";
import { sampleFormatOf, wavHeader } from "@agproxy/plugin-openai-wire";

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
function joined(sounds: readonly Sound[], wanted: SoundFormat): string {
  const [first] = sounds;
  if (first === undefined) return "";
  const samples = wanted === "wav" ? sampleFormatOf(first.mimeType) : undefined;
  if (sounds.length === 1 && samples === undefined) return first.data;
  const bytes = Buffer.concat(sounds.map(({ data }) => Buffer.from(data, "base64")));
  const file = samples === undefined ? [bytes] : [wavHeader(samples, bytes.length), bytes];
  return Buffer.concat(file).toString("base64");
}
