import type { IncomingHttpHeaders } from "node:http";
import { AgproxyError, left } from "../errors/agproxy-error.ts";
import { Readable } from "node:stream";

export interface PlainRequest {
  readonly method: "GET" | "POST";
  readonly url: string;
  /** Names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly signal: AbortSignal;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Read once. Throws an `AgproxyError` when the connection fails or stalls. */
  readonly body: AsyncIterable<Uint8Array>;
  /** The whole body as text. */
  text(): Promise<string>;
}

/** An outbound HTTP client. None retries or follows redirects; both are the caller's. */
export interface Calls<Request> {
  /** Resolves with the head of the answer, whatever its status. Throws an `AgproxyError` when there is none. */
  send(request: Request): Promise<HttpResponse>;
  /** Closes idle connections. */
  close(): void;
}

/** Limits on an upstream call, in milliseconds. */
export interface Timeouts {
  /** Until the connection, TLS included, stands. */
  readonly connect: number;
  /** From the request sent to the head of the answer. */
  readonly firstByte: number;
  /** Between two reads of the answer. */
  readonly idle: number;
}

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

/** From this length on, in bytes or characters, a body is sent as a stream. */
const streamedFromLength = 64 * 1024;

/** Clients hold a body until the answer to it is over; of a stream they hold no more than they have yet to send. */
export function outgoingBody(body: string | Uint8Array): string | Uint8Array | Readable {
  if (body.length < streamedFromLength) return body;
  const stream = new Readable({ read() {} });
  stream.push(body);
  stream.push(null);
  return stream;
}

/** An engine that is loaded with its first call. */
export function lazyCalls<Request extends PlainRequest>(
  load: () => Promise<Calls<Request>>,
): Calls<Request> {
  let loading: Promise<Calls<Request>> | undefined;
  let engine: Calls<Request> | undefined;
  const first = async (request: Request): Promise<HttpResponse> => {
    engine = await (loading ??= load());
    return send(request);
  };
  const send = (request: Request): Promise<HttpResponse> => {
    if (engine === undefined) return first(request);
    if (request.signal.aborted) return Promise.reject(left(request.signal.reason));
    return engine.send(request);
  };
  return { send, close: () => engine?.close() };
}
