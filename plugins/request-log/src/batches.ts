import type { Log } from "@agproxy/core";
import type { LoggedExchange } from "./columns.ts";

/** Rows are written together: each transaction costs more than many rows do. */
const flushAfterMs = 500;
const flushAtRows = 500;
/** Rows that cannot be written are kept for a while, and then the oldest are lost. */
const maxHeld = 10_000;
/** A disk that is full is told once in so long. */
const complainEveryMs = 60_000;

/** Where batches go. */
export interface RowSink {
  add(exchanges: readonly LoggedExchange[], now: number): void;
  close(): void;
}

/** Gathers exchanges and writes them in batches, after the answers that they are about. */
export class Batches {
  readonly #file: RowSink;
  readonly #log: Log;
  #held: LoggedExchange[] = [];
  #timer: NodeJS.Timeout | undefined;
  #lost = 0;
  #complainedAt = -Infinity;

  constructor(file: RowSink, log: Log) {
    this.#file = file;
    this.#log = log;
  }

  add(exchange: LoggedExchange): void {
    this.#held.push(exchange);
    if (this.#held.length > maxHeld) {
      this.#lost += this.#held.length - maxHeld / 2;
      this.#held = this.#held.slice(-maxHeld / 2);
    }
    const delay = this.#held.length % flushAtRows === 0 ? 0 : flushAfterMs;
    if (delay === 0) clearTimeout(this.#timer);
    if (delay === 0 || this.#timer === undefined) {
      this.#timer = setTimeout(() => this.flush(), delay).unref();
    }
  }

  /** Writes what is held. What cannot be written stays for the next time. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#held.length === 0) return;
    const now = Date.now();
    try {
      this.#file.add(this.#held, now);
      this.#held = [];
    } catch (thrown) {
      if (now - this.#complainedAt < complainEveryMs) return;
      this.#complainedAt = now;
      const { length: held } = this.#held;
      this.#log.error(
        { err: thrown, held, lost: this.#lost },
        "exchanges cannot be written to the request log",
      );
    }
  }

  close(): void {
    this.flush();
    this.#file.close();
  }
}
