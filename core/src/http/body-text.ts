import { AgproxyError } from "../errors/agproxy-error.ts";

/** A whole answer is held in memory; one that is larger is no answer. */
export const textLimitBytes = 128 * 1024 * 1024;

/** A body to its end, as text. Throws `upstream_unreadable` where it is too large to hold. */
export async function bodyText(body: AsyncIterable<Uint8Array>): Promise<string> {
  const reads: Uint8Array[] = [];
  let size = 0;
  for await (const bytes of body) {
    size += bytes.byteLength;
    if (size > textLimitBytes) {
      throw new AgproxyError(
        "upstream_unreadable",
        `The upstream's answer is over ${textLimitBytes} bytes.`,
      );
    }
    reads.push(bytes);
  }
  return Buffer.concat(reads, size).toString("utf8");
}
