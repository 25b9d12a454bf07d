import type { AgproxyError } from "../errors/agproxy-error.ts";

/** The requests under way, so that a gateway that stops can end each of them with a reason. */
export class OpenRequests {
  readonly #aborts = new Set<AbortController>();
  #idle: (() => void) | undefined;

  /** An `abort` for one request, which counts as open until `closed` is called with it. */
  open(): AbortController {
    const abort = new AbortController();
    this.#aborts.add(abort);
    return abort;
  }

  closed(abort: AbortController): void {
    this.#aborts.delete(abort);
    if (this.#aborts.size === 0) this.#idle?.();
  }

  /** Aborts all requests. Resolves once they are answered. */
  async end(reason: AgproxyError): Promise<void> {
    if (this.#aborts.size === 0) return;
    const idle = new Promise<void>((resolve) => (this.#idle = resolve));
    for (const abort of this.#aborts) abort.abort(reason);
    await idle;
  }
}
