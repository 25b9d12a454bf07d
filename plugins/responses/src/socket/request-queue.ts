import { AgproxyError } from "@agproxy/core";

/** Requests of a connection without a complete answer; at one more the connection is closed. */
const maxOpenRequests = 16;

/** Answers the requests of a connection one after the other. */
export class RequestQueue {
  #tail = Promise.resolve();
  #current = Promise.resolve();
  #open = 0;
  #leaving = false;

  /** False where the queue is full. Otherwise `done` is called after the answer, also where it was not begun. */
  add(answer: () => Promise<void>, done: () => void): boolean {
    if (this.#open >= maxOpenRequests) return false;
    this.#open += 1;
    this.#tail = this.#tail.then(() => this.#take(answer, done));
    return true;
  }

  /** Begins no further request; resolves once the one under way is answered. */
  leave(): Promise<void> {
    this.#leaving = true;
    return this.#current;
  }

  async #take(answer: () => Promise<void>, done: () => void): Promise<void> {
    if (!this.#leaving) await (this.#current = answer());
    this.#open -= 1;
    done();
  }
}

/** A signal that aborts when `signal` does, or with `request_timeout`. */
export function deadlineAfter(
  limitMs: number,
  signal: AbortSignal,
): { readonly signal: AbortSignal; stop(): void } {
  const abort = new AbortController();
  const timer = setTimeout(() => {
    const message = `The request took longer than ${limitMs} ms.`;
    abort.abort(new AgproxyError("request_timeout", message));
  }, limitMs).unref();
  const follow = () => abort.abort(signal.reason);
  signal.addEventListener("abort", follow);
  return {
    signal: abort.signal,
    stop() {
      clearTimeout(timer);
      signal.removeEventListener("abort", follow);
    },
  };
}
