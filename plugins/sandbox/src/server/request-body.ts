import type { IncomingMessage } from "node:http";
import { type GoogleError, googleError, invalidArgument } from "./google-error.ts";

export interface RequestBody {
  readonly value: unknown;
  readonly bytes: number;
  readonly error?: GoogleError;
}

const bodyLimitBytes = 64 * 1024 * 1024;

/** Reads a body to its end. One that is too large or no JSON comes with an error. Throws when the client leaves. */
export async function readBody(request: IncomingMessage): Promise<RequestBody> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= bodyLimitBytes) chunks.push(chunk);
  }
  if (bytes > bodyLimitBytes) {
    const error = googleError(
      413,
      `Request payload size exceeds the limit: ${bodyLimitBytes} bytes.`,
    );
    return { value: undefined, bytes: 0, error };
  }
  if (bytes === 0) return { value: undefined, bytes };
  const text = Buffer.concat(chunks).toString();
  try {
    return { value: JSON.parse(text), bytes };
  } catch {
    return { value: text, bytes, error: invalidArgument("Invalid JSON payload received.") };
  }
}
