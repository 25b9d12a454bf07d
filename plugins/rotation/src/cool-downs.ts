/** One reason to leave an account alone for a while. */
export interface CoolDown {
  /** Milliseconds since the epoch. */
  readonly until: number;
  /** Failures in a row that led to it, less one. */
  readonly strikes: number;
  readonly reason: string;
}

/** How long a cool-down that is over still counts as part of a row of failures, in milliseconds. */
const memory = 10 * 60_000;

/**
 * What is cooling, by key. Times, not timers: nothing runs when one is over. Bounded, because keys
 * contain model names and those come from clients.
 */
export class CoolDowns {
  readonly #entries = new Map<string, CoolDown>();
  readonly #limit: number;

  constructor(limit = 10_000) {
    this.#limit = limit;
  }

  get empty(): boolean {
    return this.#entries.size === 0;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** The cool-down that holds at `now`. */
  active(key: string, now: number): CoolDown | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined || entry.until > now) return entry;
    if (entry.until + memory <= now) this.#entries.delete(key);
    return undefined;
  }

  /**
   * Starts a cool-down. `time` gets the number of earlier failures in a row. Failures that come while it
   * already holds are of the same burst: they may lengthen it but are not counted.
   */
  start(key: string, now: number, reason: string, time: (strikes: number) => number): CoolDown {
    const last = this.#entries.get(key);
    const strikes = strikesAfter(last, now);
    const until = Math.max(now + time(strikes), last?.until ?? 0);
    const entry = { until, strikes, reason };
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    if (this.#entries.size > this.#limit) this.#shrink(now);
    return entry;
  }

  /** A success: the row of failures ends. A cool-down that still holds stays, it may be newer than the success. */
  forgive(key: string, now: number): void {
    const entry = this.#entries.get(key);
    if (entry !== undefined && entry.until <= now) this.#entries.delete(key);
  }

  /** Drops what is forgotten anyway, then the oldest. */
  #shrink(now: number): void {
    for (const [key, { until }] of this.#entries)
      if (until + memory <= now) this.#entries.delete(key);
    for (const key of this.#entries.keys()) {
      if (this.#entries.size <= this.#limit) break;
      this.#entries.delete(key);
    }
  }
}

function strikesAfter(last: CoolDown | undefined, now: number): number {
  if (last === undefined || last.until + memory <= now) return 0;
  return last.until > now ? last.strikes : last.strikes + 1;
}
