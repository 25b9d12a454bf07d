import type { AgproxyError } from "../errors/agproxy-error.ts";
import type { AccountTally } from "../hooks/gateway-view.ts";
import type { Account, Summary } from "../hooks/stages.ts";

/** Counts what goes through each account, from midnight to midnight by the clock of this machine. Reloads keep it. */
export class AccountTallies {
  readonly #tallies = new Map<string, AccountTally>();
  readonly #now: () => number;
  #dayEndsAt: number;
  /** Since when it counts, in milliseconds since the epoch. */
  since: number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
    this.since = now();
    this.#dayEndsAt = midnightAfter(this.since);
  }

  of({ id }: Account): AccountTally {
    this.#turn();
    return this.#tallies.get(id) ?? nothing();
  }

  /** An exchange is over. */
  note({ attempts, error, outcome, usage }: Summary): void {
    if (attempts.length === 0) return;
    this.#turn();
    for (const [index, attempt] of attempts.entries()) {
      const tally = this.#open(attempt.account);
      const isLast = index === attempts.length - 1;
      // An answer may fail after it has begun.
      const failure = attempt.error ?? (isLast && outcome === "failed" ? error : undefined);
      tally.attempts += 1;
      if (failure !== undefined && outcome !== "aborted") this.#failed(tally, failure);
      if (isLast && usage !== undefined) {
        tally.inputTokens += usage.inputTokens;
        tally.outputTokens += usage.outputTokens;
      }
    }
  }

  #failed(tally: AccountTally, { code, message: reason }: AgproxyError): void {
    tally.failures += 1;
    tally.lastError = { at: this.#now(), code, reason };
  }

  #open({ id }: Account): AccountTally {
    const known = this.#tallies.get(id);
    if (known !== undefined) return known;
    const tally = nothing();
    this.#tallies.set(id, tally);
    return tally;
  }

  /** Begins a new day. Accounts without an error are forgotten until they are used again. */
  #turn(): void {
    const now = this.#now();
    if (now < this.#dayEndsAt) return;
    this.since = midnightAfter(now) - dayMs;
    this.#dayEndsAt = midnightAfter(now);
    for (const [id, { lastError }] of this.#tallies) {
      if (lastError === undefined || lastError.at < now - 7 * dayMs) this.#tallies.delete(id);
      else this.#tallies.set(id, { ...nothing(), lastError });
    }
  }
}

const dayMs = 24 * 60 * 60_000;

function nothing(): AccountTally {
  return { attempts: 0, failures: 0, inputTokens: 0, outputTokens: 0 };
}

function midnightAfter(time: number): number {
  return new Date(time).setHours(24, 0, 0, 0);
}
