import { crc32 } from "node:zlib";

/** What the API says of the audio it makes: 16 bits, little-endian, one channel. */
export const toneType = "audio/L16;codec=pcm;rate=24000";

const rate = 24_000;
/** A tenth of a second: 4800 bytes, a multiple of three, so that the base64 of pieces can be joined. */
const pieceLength = rate / 10;

/**
 * A tone instead of a voice, base64, in pieces of a tenth of a second: a piece for each word, two seconds at
 * most. Its pitch follows from the voice.
 */
export function tone(text: string, voice: string): readonly string[] {
  const words = text.split(/\s+/).filter(Boolean).length;
  const pitch = 220 + (crc32(voice.toLowerCase()) % 220);
  return Array.from({ length: Math.min(Math.max(words, 1), 20) }, (_, piece) => {
    const samples = Buffer.alloc(pieceLength * 2);
    for (let i = 0; i < pieceLength; i += 1) {
      const seconds = (piece * pieceLength + i) / rate;
      samples.writeInt16LE(Math.round(6000 * Math.sin(2 * Math.PI * pitch * seconds)), i * 2);
    }
    return samples.toString("base64");
  });
}
