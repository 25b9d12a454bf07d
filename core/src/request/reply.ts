import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { abortError, AgproxyError } from "../errors/agproxy-error.ts";
import { FileBody, type Reply } from "../hooks/protocol.ts";

/** The reply to an HTTP request. The head of a stream is sent with its first frames: until then the status is open. */
export class HttpReply implements Reply {
  readonly #response: ServerResponse;
  readonly #signal: AbortSignal;
  readonly #beforeHead: (status: number) => void;
  /** Names and values in turns, as `writeHead` takes them. Node's `setHeader` would cost several times as much. */
  readonly #headers: string[] = [];
  #stream = { status: 200, type: eventStream };
  /** Whether this class writes the chunks of HTTP's chunked encoding. */
  #chunked = false;

  /** `beforeHead` may still set headers, but for those of the body. */
  constructor(
    response: ServerResponse,
    signal: AbortSignal,
    beforeHead: (status: number) => void = () => {},
  ) {
    this.#beforeHead = beforeHead;
    this.#response = response;
    this.#signal = signal;
  }

  get started(): boolean {
    return this.#response.headersSent;
  }

  get gone(): boolean {
    return this.#signal.aborted && !(this.#signal.reason instanceof AgproxyError);
  }

  /** Sets a header, as long as the head is not sent. */
  setHeader(name: string, value: string): void {
    const headers = this.#headers;
    for (let at = 0; at < headers.length; at += 2) {
      if (!isSameName(headers[at]!, name)) continue;
      headers[at + 1] = value;
      return;
    }
    headers.push(name, value);
  }

  /** Sends a head without a body. */
  empty(status: number): void {
    this.#beforeHead(status);
    if (status !== 204 && status !== 304) this.setHeader("Content-Length", "0");
    this.#response.writeHead(status, this.#headers).end();
  }

  json(status: number, body: unknown, type = "application/json; charset=utf-8"): void {
    this.send(status, type, JSON.stringify(body));
  }

  /** Sends a whole answer: a file as it is, anything else as JSON. */
  whole(body: unknown): void {
    if (body instanceof FileBody) this.send(200, body.contentType, body.bytes);
    else this.json(200, body);
  }

  /** Sends texts or bytes in one piece. */
  send(status: number, type: string, body: string | Uint8Array): void {
    this.#beforeHead(status);
    this.setHeader("Content-Type", type);
    this.setHeader("Content-Length", String(Buffer.byteLength(body)));
    this.#response.writeHead(status, this.#headers).end(body);
  }

  /** Sends an error before the first byte. Later the status is fixed, so the connection is closed. */
  error(error: AgproxyError, body: unknown, status = error.status): void {
    if (this.started || this.gone) return this.abandon();
    if (error.retryAfter !== undefined) {
      this.setHeader("Retry-After", String(Math.ceil(error.retryAfter / 1000)));
    }
    if (error.code === "method_not_allowed") {
      this.setHeader("Allow", String(error.details?.["allow"]));
    }
    this.json(status, body);
  }

  /** Says what the head of a stream is to be. Without it, the stream is one of events. */
  openStream(status: number, type = eventStream): void {
    this.#stream = { status, type };
  }

  /** Sends frames. Returns a promise while the client is slower than the upstream (backpressure). */
  write(frames: string | Uint8Array): Promise<void> | undefined {
    if (!this.started) this.#startStream();
    const written = this.#response.write(this.#chunked ? chunked(frames) : frames);
    return written ? undefined : this.#drained();
  }

  end(frames: string): void {
    if (!this.started) this.#startStream();
    this.#response.end(this.#chunked ? chunk(frames) + lastChunk : frames);
  }

  /** Breaks the connection of an answer that cannot be completed, so that no client takes it for a whole one. */
  abandon(): void {
    const { socket, writableEnded } = this.#response;
    // What is written goes out first. Without the last chunk, clients see that it is not all.
    if (writableEnded) return;
    if (socket === null) this.#response.destroy();
    else socket.destroySoon();
  }

  #startStream(): void {
    const { status, type } = this.#stream;
    this.#beforeHead(status);
    this.setHeader("Content-Type", type);
    if (type.startsWith("text/event-stream")) {
      this.setHeader("Cache-Control", "no-cache, no-transform");
      this.setHeader("X-Accel-Buffering", "no");
    }
    this.#response.writeHead(status, this.#headers);
    // Node writes a chunk in four pieces, which costs more than translating an event. `chunk` makes it one.
    this.#chunked = this.#response.chunkedEncoding;
    this.#response.chunkedEncoding = false;
  }

  async #drained(): Promise<void> {
    try {
      await once(this.#response, "drain", { signal: this.#signal });
    } catch (thrown) {
      throw abortError(this.#signal, thrown);
    }
  }
}

function isSameName(a: string, b: string): boolean {
  return a.length === b.length && (a === b || a.toLowerCase() === b.toLowerCase());
}

/** Source: https://www.rfc-editor.org/rfc/rfc9112#section-7.1 */
function chunk(text: string): string {
  // An empty one would end the answer.
  return text === "" ? "" : `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
}

function chunked(piece: string | Uint8Array): string | Uint8Array {
  if (typeof piece === "string") return chunk(piece);
  if (piece.length === 0) return piece;
  return Buffer.concat([Buffer.from(`${piece.length.toString(16)}\r\n`), piece, crlf]);
}

const crlf = Buffer.from("\r\n");

const eventStream = "text/event-stream; charset=utf-8";

const lastChunk = "0\r\n\r\n";
