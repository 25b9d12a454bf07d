import type { Samples } from "./samples.ts";

/** The size in a header where it is not known yet: the largest there is. */
export const endless = 0xffffffff;

const headerLength = 44;

/**
 * The 44 bytes before the samples of a WAV file.
 * Source: https://www.mmsp.ece.mcgill.ca/Documents/AudioFormats/WAVE/WAVE.html
 *
 * @param size of the samples in bytes, or `endless`
 */
export function wavHeader({ rate, channels }: Omit<Samples, "bytes">, size: number): Buffer {
  const frame = channels * 2;
  const header = Buffer.alloc(headerLength);
  header.write("RIFF", 0, "latin1");
  header.writeUInt32LE(Math.min(size + headerLength - 8, endless), 4);
  header.write("WAVEfmt ", 8, "latin1");
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(channels, 22);
  header.writeUInt32LE(rate, 24);
  header.writeUInt32LE(rate * frame, 28);
  header.writeUInt16LE(frame, 32);
  header.writeUInt16LE(16, 34);
  header.write("data", 36, "latin1");
  header.writeUInt32LE(Math.min(size, endless), 40);
  return header;
}
