/** One reason to leave an account alone for a while. */
export interface CoolDown {
  /** Milliseconds since the epoch. */
  readonly until: number;
  /** Failures in a row before the one that started it. */
  readonly failuresInRow: number;
  readonly reason: string;
}

/** A failure so long after the end of a cool-down is the first of a new row. */
const rowEndsAfterMs = 10 * 60_000;

/** What cools, and whose it is: an account by its id, or a quota that accounts share by its name. */
export interface CoolingKey {
  readonly owner: string;
  readonly what: string;
}

/**
 * What is cooling, by owner. Every request asks about every account, and most accounts have no entry, so the owner is
 * looked up first. Holds times, not timers. Bounded, because keys contain model names, which come from clients.
 */
export class CoolDowns {
  /** In the order in which cool-downs began, among owners and within each. */
  readonly #owners = new Map<string, Map<string, CoolDown>>();
  readonly #limit: number;
  #size = 0;

  constructor(limit = 10_000) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#size;
  }

  /** Whether anything of an owner may be cooling. */
  has(owner: string): boolean {
    return this.#owners.has(owner);
  }

  /** The cool-down that holds at `now`. */
  active(key: CoolingKey, now: number): CoolDown | undefined {
    const entry = this.#get(key);
    if (entry === undefined || entry.until > now) return entry;
    if (isForgotten(entry, now)) this.#delete(key);
    return undefined;
  }

  /**
   * Starts a cool-down. `time` gets the number of earlier failures in a row. Failures that come while it
   * already holds are of the same burst: they may lengthen it but are not counted.
   */
  start(
    key: CoolingKey,
    now: number,
    reason: string,
    time: (failuresInRow: number) => number,
  ): CoolDown {
    const last = this.#get(key);
    const failuresInRow = failuresInRowBefore(last, now);
    const until = Math.max(now + time(failuresInRow), last?.until ?? 0);
    const entry = { until, failuresInRow, reason };
    this.#delete(key);
    this.#add(key, entry);
    if (this.#size > this.#limit) this.#shrink(now);
    return entry;
  }

  /** Ends the row of failures after a success. A cool-down that still holds stays, as it may be newer than the success. */
  forgive(key: CoolingKey, now: number): void {
    const entry = this.#get(key);
    if (entry !== undefined && entry.until <= now) this.#delete(key);
  }

  #get({ owner, what }: CoolingKey): CoolDown | undefined {
    return this.#owners.get(owner)?.get(what);
  }

  #add({ owner, what }: CoolingKey, entry: CoolDown): void {
    const entries = this.#owners.get(owner) ?? new Map<string, CoolDown>();
    this.#owners.delete(owner);
    this.#owners.set(owner, entries.set(what, entry));
    this.#size += 1;
  }

  #delete({ owner, what }: CoolingKey): void {
    const entries = this.#owners.get(owner);
    if (entries?.delete(what) !== true) return;
    this.#size -= 1;
    if (entries.size === 0) this.#owners.delete(owner);
  }

  /** Drops expired entries, then the oldest. */
  #shrink(now: number): void {
    for (const [key, entry] of this.#all()) if (isForgotten(entry, now)) this.#delete(key);
    for (const [key] of this.#all()) {
      if (this.#size <= this.#limit) break;
      this.#delete(key);
    }
  }

  *#all(): Generator<readonly [CoolingKey, CoolDown], void, undefined> {
    for (const [owner, entries] of this.#owners)
      for (const [what, entry] of entries) yield [{ owner, what }, entry];
  }
}

function isForgotten({ until }: CoolDown, now: number): boolean {
  return until + rowEndsAfterMs <= now;
}

function failuresInRowBefore(last: CoolDown | undefined, now: number): number {
  if (last === undefined || isForgotten(last, now)) return 0;
  return last.until > now ? last.failuresInRow : last.failuresInRow + 1;
}
