const windowMs = 5 * 60_000;
const mostWrong = 10;
const mostAddresses = 1000;

/** Counts wrong keys by address, so that nobody tries many of them. */
export class WrongKeys {
  readonly #counts = new Map<string, { wrong: number; readonly until: number }>();
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** How many addresses are remembered. */
  get size(): number {
    return this.#counts.size;
  }

  /** For how many milliseconds an address may try none; 0 where it may. */
  waitFor(address: string): number {
    const count = this.#counts.get(address);
    if (count === undefined || count.wrong < mostWrong) return 0;
    return Math.max(0, count.until - this.#now());
  }

  note(address: string): void {
    const now = this.#now();
    const known = this.#counts.get(address);
    if (known !== undefined && known.until > now) {
      known.wrong += 1;
      return;
    }
    this.#counts.delete(address);
    const [oldest] = this.#counts.keys();
    if (this.#counts.size >= mostAddresses && oldest !== undefined) this.#counts.delete(oldest);
    this.#counts.set(address, { wrong: 1, until: now + windowMs });
  }
}
