import type { AgproxyError, Incoming, Reply } from "@agproxy/core";
import { FrameQueue } from "./frame-queue.ts";

/** What a route answers with. */
export type RouteResult =
  | { readonly status?: number; readonly body: unknown }
  | { readonly stream: AsyncIterable<string> };

/**
 * Runs a chat and answers a route with it: resolves once it is known whether the answer is a body, an error
 * or a stream. Rejects with what the chat throws before that.
 */
export function bridged(
  incoming: Incoming,
  run: (reply: Reply) => Promise<void>,
): Promise<RouteResult> {
  return new Promise((resolve, reject) => {
    run(new Bridge(incoming, resolve)).catch(reject);
  });
}

class Bridge implements Reply {
  readonly #incoming: Incoming;
  readonly #open: (result: RouteResult) => void;
  readonly #queue: FrameQueue;
  #started = false;

  constructor(incoming: Incoming, open: (result: RouteResult) => void) {
    this.#incoming = incoming;
    this.#open = open;
    this.#queue = new FrameQueue(incoming.signal);
  }

  get started(): boolean {
    return this.#started;
  }

  get gone(): boolean {
    return this.#incoming.signal.aborted;
  }

  whole(body: unknown): void {
    this.#started = true;
    this.#open({ body });
  }

  error({ status, retryAfter }: AgproxyError, body: unknown): void {
    if (retryAfter !== undefined) {
      this.#incoming.setHeader("Retry-After", String(Math.ceil(retryAfter / 1000)));
    }
    this.#open({ status, body });
  }

  write(frames: string): Promise<void> | undefined {
    this.#stream();
    return this.#queue.push(frames);
  }

  end(frames: string): void {
    this.#stream();
    this.#queue.end(frames);
  }

  #stream(): void {
    if (this.#started) return;
    this.#started = true;
    this.#open({ stream: this.#queue });
  }
}
