import { AgproxyError, randomId } from "@agproxy/core";

/** One reason to leave an account alone for a while. */
export interface CoolDown {
  /** Tells it from every other one, also of other instances. */
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly until: number;
  /** How long it lasted from its beginning on, in milliseconds: never longer, also where the clock is set back. */
  readonly lastsMs: number;
  /** Failures in a row before the one that started it. */
  readonly failuresInRow: number;
  readonly reason: string;
  /** What clients are told meanwhile; see `toldError`. */
  readonly error: AgproxyError;
  /** Whether an answer had begun before the failure: then only a whole answer proves that the account works. */
  readonly isLate: boolean;
}

/** A failure so long after the end of a cool-down is the first of a new row. */
export const rowEndsAfterMs = 10 * 60_000;

/** What cools, and whose it is: an account by its id, or a quota that accounts share by its name. */
export interface CoolingKey {
  readonly owner: string;
  readonly what: string;
}

/** A failure that starts a cool-down. `time` gets the number of earlier failures in a row. */
export interface Fault {
  readonly error: AgproxyError;
  readonly isLate: boolean;
  readonly time: (failuresInRow: number) => number;
}

/** Hears what happens here, and not what was put in from elsewhere. */
export interface CoolDownWatcher {
  started(key: CoolingKey, coolDown: CoolDown): void;
  forgiven(key: CoolingKey, coolDown: CoolDown): void;
}

/**
 * What is cooling, by owner, and what has cooled and not yet succeeded. Every request asks about every account, and most
 * accounts have no entry, so the owner is looked up first. Holds times, not timers. Bounded, because keys contain model
 * names, which come from clients.
 */
export class CoolDowns {
  /** In the order in which cool-downs began, among owners and within each. */
  readonly #owners = new Map<string, Map<string, CoolDown>>();
  readonly #limit: number;
  /** How many there are; to be read. A field, because every request looks at it. */
  size = 0;
  watcher: CoolDownWatcher | undefined;

  constructor(limit = 10_000) {
    this.#limit = limit;
  }

  /** Whether there may be anything of an owner. */
  has(owner: string): boolean {
    return this.#owners.has(owner);
  }

  /** The cool-down that holds at `now`, or has ended and waits for a success. */
  known({ owner, what }: CoolingKey, now: number): CoolDown | undefined {
    const entry = this.#owners.get(owner)?.get(what);
    if (entry === undefined) return undefined;
    if (entry.until - now > entry.lastsMs) {
      // The clock was set back. How far is not known, so it begins again.
      const again = { ...entry, until: now + entry.lastsMs };
      this.put({ owner, what }, again, now);
      return again;
    }
    if (!isForgotten(entry, now)) return entry;
    this.delete({ owner, what });
    return undefined;
  }

  /** The same, whatever the time. */
  get({ owner, what }: CoolingKey): CoolDown | undefined {
    return this.#owners.get(owner)?.get(what);
  }

  /** All of an owner that holds at `now`, or has ended and waits for a success, by what cools. */
  of(owner: string, now: number): readonly (readonly [string, CoolDown])[] {
    return [...(this.#owners.get(owner)?.keys() ?? [])].flatMap((what) => {
      const entry = this.known({ owner, what }, now);
      return entry === undefined ? [] : [[what, entry] as const];
    });
  }

  /**
   * Starts a cool-down. Failures that come while it already holds are of the same burst: they may lengthen it but are not
   * counted.
   */
  start(key: CoolingKey, now: number, { error, isLate, time }: Fault): CoolDown {
    const last = this.known(key, now);
    const failuresInRow = failuresInRowBefore(last, now);
    const lastsMs = time(failuresInRow);
    const until = now + lastsMs;
    if (last !== undefined && last.until >= until) return last;
    const reason = error.definition.text;
    const told = toldError(error);
    const entry = { id: randomId(), until, lastsMs, failuresInRow, reason, error: told, isLate };
    this.put(key, entry, now);
    this.watcher?.started(key, entry);
    return entry;
  }

  /** Ends the row of failures after a success. A cool-down that still holds stays, as it may be newer than the success. */
  forgive(key: CoolingKey, now: number): void {
    const entry = this.get(key);
    if (entry === undefined || entry.until > now) return;
    this.delete(key);
    this.watcher?.forgiven(key, entry);
  }

  /** Writes an entry as it is, in the place of the former. */
  put({ owner, what }: CoolingKey, entry: CoolDown, now: number): void {
    this.delete({ owner, what });
    const entries = this.#owners.get(owner) ?? new Map<string, CoolDown>();
    this.#owners.delete(owner);
    this.#owners.set(owner, entries.set(what, entry));
    this.size += 1;
    if (this.size > this.#limit) this.#shrink(now);
  }

  delete({ owner, what }: CoolingKey): void {
    const entries = this.#owners.get(owner);
    if (entries?.delete(what) !== true) return;
    this.size -= 1;
    if (entries.size === 0) this.#owners.delete(owner);
  }

  /** Drops forgotten entries, then the oldest. */
  #shrink(now: number): void {
    for (const [key, entry] of this.#all()) if (isForgotten(entry, now)) this.delete(key);
    for (const [key] of this.#all()) {
      if (this.size <= this.#limit) break;
      this.delete(key);
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
  if (last === undefined) return 0;
  return last.until > now ? last.failuresInRow : last.failuresInRow + 1;
}

/**
 * What clients are told of a failure for as long as its cool-down is known, which may be a day. The error itself has a trace
 * and a cause, and V8 keeps for these all that their calls saw: bodies, answers, sockets.
 */
export function toldError(error: AgproxyError): AgproxyError {
  const { definition, message, status, advice, param, details } = error;
  const told = new AgproxyError(definition, message, {
    status,
    advice,
    ...(param === undefined ? {} : { param }),
    ...(details === undefined ? {} : { details }),
  });
  told.stack = `${told.name}: ${message}`;
  return told;
}
