import type { IncomingHttpHeaders } from "node:http";

/** A request as the sandbox got it. */
export interface SandboxRequest {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** Parsed JSON; the text where it is none; undefined where there is no body. */
  readonly body: unknown;
}

const recordLimitBytes = 16 * 1024 * 1024;

/** The last requests: up to a number of them, and up to 16 MiB of bodies. */
export class RequestRecord {
  readonly list: SandboxRequest[] = [];
  readonly #sizes: number[] = [];
  readonly #limit: number;
  #bytes = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** `bytes` is the size of the body. */
  add(request: SandboxRequest, bytes: number): void {
    this.list.push(request);
    this.#sizes.push(bytes);
    this.#bytes += bytes;
    while (this.list.length > this.#limit || this.#bytes > recordLimitBytes) {
      this.list.shift();
      this.#bytes -= this.#sizes.shift() ?? 0;
    }
  }
}
