import type { IncomingHttpHeaders } from "node:http";
import { Readable } from "node:stream";
import { AgproxyError, abortError } from "../errors/agproxy-error.ts";

/** A call out. */
export interface PlainRequest {
  readonly method: "GET" | "POST";
  readonly url: string;
  /** Names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Aborts the call, and the reading of its answer. */
  readonly signal: AbortSignal;
}

/**
 * The answer to a call: its head, and a body to read.
 *
 * @example
 * const { status, text } = await http.send({ method: "GET", url, signal });
 * const found: unknown = status === 200 ? JSON.parse(await text()) : undefined;
 */
export interface HttpResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Can be read once. Throws an `AgproxyError` where the connection breaks (`upstream_cut`) or stalls (`upstream_timeout`). */
  readonly body: AsyncIterable<Uint8Array>;
  /** The whole body as text. Throws what reading `body` throws, and `upstream_unreadable` above 128 MiB. */
  text(): Promise<string>;
}

/** An outbound HTTP client. It neither retries nor follows redirects: the caller decides on both. */
export interface Calls<Request> {
  /** Resolves with the head of the answer, whatever its status. Throws an `AgproxyError` where no answer comes. */
  send(request: Request): Promise<HttpResponse>;
  /** Closes all connections; core calls it. */
  close(): void;
}

/** Limits on an upstream call, in milliseconds. */
export interface Timeouts {
  /** Until the connection is made, TLS included. */
  readonly connect: number;
  /** From the end of the request to the head of the answer. */
  readonly firstByte: number;
  /** Between two reads of the answer; in a stream, between two events. */
  readonly idle: number;
}

/** A larger answer is refused: it is held in memory, or it has no end. */
export const textLimitBytes = 128 * 1024 * 1024;

/** Reads a body to its end, as text. Throws `upstream_unreadable` above `textLimitBytes`. */
export async function bodyText(body: AsyncIterable<Uint8Array>): Promise<string> {
  const reads: Uint8Array[] = [];
  let size = 0;
  for await (const bytes of body) {
    size += bytes.byteLength;
    if (size > textLimitBytes) throw answerTooLarge();
    reads.push(bytes);
  }
  return Buffer.concat(reads, size).toString("utf8");
}

/** The error of an answer over `textLimitBytes`. */
export function answerTooLarge(): AgproxyError {
  return new AgproxyError(
    "upstream_unreadable",
    `The upstream's answer is over ${textLimitBytes} bytes.`,
  );
}

/** What of an error's body is read. Vendors' own are a few kilobytes; a page of something in between may be endless. */
const errorTextBytes = 64 * 1024;
const errorTextWithinMs = 10_000;

/**
 * The beginning of an error's body, as text. It never waits longer than ten seconds, and throws only what breaks off before
 * that.
 *
 * @example
 * if (response.status >= 400) throw new AgproxyError("upstream_failed", await errorText(response));
 */
export async function errorText({ body }: Pick<HttpResponse, "body">): Promise<string> {
  const reads = body[Symbol.asyncIterator]();
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<IteratorReturnResult<undefined>>((resolve) => {
    timer = setTimeout(resolve, errorTextWithinMs, { done: true, value: undefined }).unref();
  });
  const texts: Uint8Array[] = [];
  let size = 0;
  try {
    while (size < errorTextBytes) {
      const step = await Promise.race([reads.next(), over]);
      if (step.done === true) break;
      texts.push(step.value);
      size += step.value.byteLength;
    }
  } finally {
    clearTimeout(timer);
    // Not awaited: it waits for a read that may never end.
    void reads.return?.().catch(() => {});
  }
  return Buffer.concat(texts, size).toString("utf8", 0, errorTextBytes);
}

/** In bytes or characters. */
const streamedFromLength = 64 * 1024;

/** What is written, and encrypted, in one go. */
const writtenBytes = 256 * 1024;

/**
 * A large body as a stream. undici and got hold a text until the answer is over, but of a stream only what is unsent. All of it
 * is in the stream at once, so that its length is known.
 */
export function outgoingBody(body: string | Uint8Array): string | Uint8Array | Readable {
  if (body.length < streamedFromLength) return body;
  const stream = new Readable({ read() {} });
  if (typeof body === "string") stream.push(body);
  else {
    for (let at = 0; at < body.length; at += writtenBytes) {
      stream.push(body.subarray(at, at + writtenBytes));
    }
  }
  stream.push(null);
  return stream;
}

/** Calls whose engine is loaded with the first one: engines take long to load, and a start needs none. */
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
    if (request.signal.aborted) return Promise.reject(abortError(request.signal));
    return engine.send(request);
  };
  return { send, close: () => engine?.close() };
}
