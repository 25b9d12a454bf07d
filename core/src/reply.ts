import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { type AgproxyError, left } from "./errors.ts";
import { FileBody, type Reply } from "./plugin.ts";

/** The reply to an HTTP request. A stream's head leaves with its first frames, never before. */
export class HttpReply implements Reply {
  readonly #response: ServerResponse;
  readonly #signal: AbortSignal;
  /** Whether frames are put into chunks here. */
  #chunked = false;

  constructor(response: ServerResponse, signal: AbortSignal) {
    this.#response = response;
    this.#signal = signal;
  }

  get started(): boolean {
    return this.#response.headersSent;
  }

  get gone(): boolean {
    return this.#signal.aborted;
  }

  json(status: number, body: unknown): void {
    this.#send(status, "application/json; charset=utf-8", JSON.stringify(body));
  }

  /** A whole answer: a file as it is, anything else as JSON. */
  whole(body: unknown): void {
    if (body instanceof FileBody) this.#send(200, body.contentType, body.bytes);
    else this.json(200, body);
  }

  #send(status: number, type: string, body: string | Uint8Array): void {
    this.#response.writeHead(status, {
      "Content-Type": type,
      "Content-Length": Buffer.byteLength(body),
    });
    this.#response.end(body);
  }

  /** Answers an error before the first byte; later, or with the client gone, there is nobody to tell. */
  error(error: AgproxyError, body: unknown): void {
    if (this.started || this.#signal.aborted) return this.abandon();
    if (error.retryAfter !== undefined) {
      this.#response.setHeader("Retry-After", Math.ceil(error.retryAfter / 1000));
    }
    if (error.code === "method_not_allowed") {
      this.#response.setHeader("Allow", String(error.details?.["allow"]));
    }
    this.json(error.status, body);
  }

  /** Waits while the client is slower than the upstream. */
  write(frames: string): Promise<void> | undefined {
    if (!this.started) this.#startStream();
    const written = this.#response.write(this.#chunked ? chunk(frames) : frames);
    return written ? undefined : this.#drained();
  }

  end(frames: string): void {
    if (!this.started) this.#startStream();
    this.#response.end(this.#chunked ? chunk(frames) + lastChunk : frames);
  }

  /** Closes an answer that cannot be completed; a client must not take it for a whole one. */
  abandon(): void {
    if (!this.#response.writableEnded) this.#response.destroy();
  }

  #startStream(): void {
    this.#response.writeHead(200, {
      "Content-Type": "text/event-stream; charset=utf-8",
      "Cache-Control": "no-cache, no-transform",
      "X-Accel-Buffering": "no",
    });
    // Node writes a chunk in four pieces, which cost more than all that is done to an event. In one they are one.
    this.#chunked = this.#response.chunkedEncoding;
    this.#response.chunkedEncoding = false;
  }

  async #drained(): Promise<void> {
    try {
      await once(this.#response, "drain", { signal: this.#signal });
    } catch (thrown) {
      throw left(thrown);
    }
  }
}

/** Source: https://www.rfc-editor.org/rfc/rfc9112#section-7.1 */
function chunk(text: string): string {
  return text === "" ? "" : `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
}

const lastChunk = "0\r\n\r\n";
