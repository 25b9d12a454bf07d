import { crc32, deflateSync } from "node:zlib";

/**
 * A small PNG of one colour, base64. The colour follows from the prompt, the shape from the aspect ratio.
 *
 * @param aspectRatio such as `16:9`; anything else is a square
 * @param size `512`, `1K`, `2K` or `4K`: 32 pixels for each thousand asked for
 */
export function picture(prompt: string, aspectRatio = "1:1", size = "1K"): string {
  const [, across, down] = /^(\d{1,2}):(\d{1,2})$/.exec(aspectRatio) ?? ["", "1", "1"];
  const scale = longestSide(size) / Math.max(Number(across), Number(down), 1);
  const width = Math.max(1, Math.round(Number(across) * scale));
  const height = Math.max(1, Math.round(Number(down) * scale));
  const colour = Buffer.alloc(4);
  colour.writeUInt32BE(crc32(prompt));
  // A row is its filter type, then three bytes a pixel.
  const row = Buffer.concat([Buffer.of(0), Buffer.alloc(width * 3, colour.subarray(0, 3))]);
  const rows = Buffer.concat(Array.from({ length: height }, () => row));
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  // Eight bits a channel, colours without alpha.
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(rows)),
    chunk("IEND", Buffer.alloc(0)),
  ]).toString("base64");
}

function longestSide(size: string): number {
  return size === "512" ? 16 : 32 * (Number.parseInt(size, 10) || 1);
}

/** Source: https://www.w3.org/TR/png-3/#5Chunk-layout */
function chunk(type: string, content: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  const body = Buffer.concat([Buffer.from(type, "latin1"), content]);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}
