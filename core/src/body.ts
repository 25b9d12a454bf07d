import type { IncomingMessage } from "node:http";
import { AgproxyError } from "./errors.ts";

/** Reads a request body as JSON. Throws `body_too_large`, `invalid_json`, `unsupported_media_type`. */
export async function readJson(message: IncomingMessage, limit: number): Promise<unknown> {
  const encoding = message.headers["content-encoding"] ?? "identity";
  if (encoding !== "identity") {
    throw new AgproxyError(
      "unsupported_media_type",
      `The request body is compressed with ${encoding}, which agproxy does not read.`,
      { advice: "Send it without Content-Encoding." },
    );
  }
  const text = (await readBytes(message, limit)).toString("utf8");
  try {
    return JSON.parse(text);
  } catch (thrown) {
    throw new AgproxyError("invalid_json", invalidJson(text, thrown), { cause: thrown });
  }
}

async function readBytes(message: IncomingMessage, limit: number): Promise<Buffer> {
  const declared = Number(message.headers["content-length"] ?? 0);
  if (declared > limit) throw tooLarge(limit);
  const reads: Buffer[] = [];
  let size = 0;
  for await (const bytes of message as AsyncIterable<Buffer>) {
    size += bytes.byteLength;
    if (size > limit) throw tooLarge(limit);
    reads.push(bytes);
  }
  return reads.length === 1 ? reads[0]! : Buffer.concat(reads, size);
}

function tooLarge(limit: number): AgproxyError {
  return new AgproxyError("body_too_large", `The request body is larger than ${limit} bytes.`);
}

/** Says where, and quotes nothing: the text around the mistake may be private. */
function invalidJson(text: string, thrown: unknown): string {
  if (text === "") return "The request body is empty.";
  const position = /position (\d+)/.exec(String(thrown))?.[1];
  const where = position === undefined ? "" : ` (at character ${position} of ${text.length})`;
  return `The request body is not valid JSON${where}.`;
}
