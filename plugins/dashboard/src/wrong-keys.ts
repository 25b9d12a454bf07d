import { addressGroup } from "@agproxy/core";

const windowMs = 5 * 60_000;
const mostWrong = 10;
const mostGroups = 1000;

/** Counts wrong keys by what one client has of addresses, so that nobody tries many of them. */
export class WrongKeys {
  readonly #counts = new Map<string, { wrong: number; readonly until: number }>();
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** How many groups of addresses are remembered. */
  get size(): number {
    return this.#counts.size;
  }

  /** For how many milliseconds an address may try none; 0 where it may. */
  waitFor(address: string): number {
    const count = this.#counts.get(addressGroup(address));
    if (count === undefined || count.wrong < mostWrong) return 0;
    return Math.max(0, count.until - this.#now());
  }

  note(address: string): void {
    const now = this.#now();
    const group = addressGroup(address);
    const known = this.#counts.get(group);
    if (known !== undefined && known.until > now) {
      known.wrong += 1;
      return;
    }
    this.#counts.delete(group);
    const [oldest] = this.#counts.keys();
    if (this.#counts.size >= mostGroups && oldest !== undefined) this.#counts.delete(oldest);
    this.#counts.set(group, { wrong: 1, until: now + windowMs });
  }
}
