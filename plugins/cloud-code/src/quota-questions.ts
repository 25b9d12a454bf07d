import type { Account, Log } from "@agproxy/core";

/** So long after its use an account is asked: requests that follow each other have one question. */
const askAfterMs = 5000;
const askEveryMs = 5 * 60_000;
const timeoutMs = 15_000;

/**
 * Asks what is left of accounts that are in use, each at most every five minutes. Nobody waits for it, and a failure changes
 * nothing.
 */
export class QuotaQuestions {
  readonly #ask: (account: Account, signal: AbortSignal) => Promise<unknown>;
  readonly #log: Log;
  readonly #askedAt = new WeakMap<Account, number>();
  readonly #waiting = new Set<NodeJS.Timeout>();
  readonly #closing = new AbortController();

  constructor(ask: (account: Account, signal: AbortSignal) => Promise<unknown>, log: Log) {
    this.#ask = ask;
    this.#log = log;
  }

  /** An account was used. */
  used(account: Account): void {
    const now = Date.now();
    if (now - (this.#askedAt.get(account) ?? -Infinity) < askEveryMs) return;
    this.#askedAt.set(account, now);
    const timer = setTimeout(() => {
      this.#waiting.delete(timer);
      void this.#question(account);
    }, askAfterMs).unref();
    this.#waiting.add(timer);
  }

  async #question(account: Account): Promise<void> {
    const { signal } = this.#closing;
    try {
      await this.#ask(account, AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]));
    } catch (error) {
      if (signal.aborted) return;
      this.#log.debug(
        { err: error, account: account.label },
        "cloud-code: what is left could not be asked",
      );
    }
  }

  close(): void {
    for (const timer of this.#waiting) clearTimeout(timer);
    this.#closing.abort();
  }
}
