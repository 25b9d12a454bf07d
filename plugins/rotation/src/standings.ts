import type { Account, AgproxyError, Attempt, Candidate, FailureKind } from "@agproxy/core";
import { coolDownTime, overloadCeilingMs } from "./cool-down-time.ts";
import type { CoolDown, CoolDowns } from "./cool-downs.ts";
import { coolingKey, type Watched, watchedOf } from "./cooling-keys.ts";
import { askAgainMs, leaseMs, type Place } from "./leases.ts";
import { probePatienceMs, Probes } from "./probes.ts";
import { part } from "./shared-cool-downs.ts";
import type { ModelState } from "./states.ts";

/**
 * How an account stands for a model: `free` where nothing speaks against it, `probing` while another request tries it out,
 * else as its worst fault says.
 */
export type Grade = "free" | "probing" | "shaky" | "waiting" | "faulty";

export interface Standing {
  readonly grade: Grade;
  /** What it cools for, or has cooled for. */
  readonly coolDown?: CoolDown;
  /** When it can be used again, in milliseconds since the epoch. */
  readonly until?: number;
}

/** A model as it is asked for. */
export interface AskedModel {
  readonly key: string;
  readonly state: ModelState;
  /** Whether the exchange may go to an account that nobody knows while another one tries it: it has no other, or belongs there. */
  readonly mayJoinFirstTry: boolean;
}

/** A failure, and whether an answer had begun before it. */
export interface Fault {
  readonly kind: FailureKind;
  readonly error: AgproxyError;
  readonly isLate: boolean;
}

const free: Standing = { grade: "free" };

/** So many overloads in a row, on different accounts, are the model's: the other accounts are not asked. */
const overloadsOfModel = 16;

/** How accounts stand, and who tries one out. The one place that knows. */
export class Standings {
  readonly #coolDowns: CoolDowns;
  readonly #probes = new Probes<CoolDown>();

  constructor(coolDowns: CoolDowns) {
    this.#coolDowns = coolDowns;
  }

  /** How an account stands for a model at `now`. */
  of(account: Account, { key, state, mayJoinFirstTry }: AskedModel, now: number): Standing {
    // The clock was set back.
    if (state.restsUntil - now > overloadCeilingMs) state.restsUntil = 0;
    if (state.overloadsInRow >= overloadsOfModel && state.restsUntil > now) {
      return { grade: "waiting", until: state.restsUntil };
    }
    let tried: Standing | undefined;
    for (const { key: cooling, kind, grade } of this.#watched(account, key)) {
      const coolDown = this.#coolDowns.known(cooling, now);
      if (coolDown === undefined) continue;
      const until = Math.max(coolDown.until, kind === "overloaded" ? state.restsUntil : 0);
      if (until > now) return { grade, coolDown, until };
      tried ??= this.#triedNow(coolDown, now);
    }
    if (tried !== undefined) return tried;
    if (mayJoinFirstTry || state.proven.has(account)) return free;
    const until = state.firstTries.busyUntil(account, now);
    return until === undefined ? free : { grade: "probing", until };
  }

  /** What may cool of an account. Usually nothing does, of nobody. */
  #watched(account: Account, key: string): readonly Watched[] {
    return this.#coolDowns.size === 0 ? [] : watchedOf(account, key, this.#coolDowns);
  }

  /** An account whose cool-down has ended is tried by one request at a time (half-open). */
  #triedNow(coolDown: CoolDown, now: number): Standing | undefined {
    // A probe of answers that broke off may take minutes, so it holds up nobody who has no other account.
    if (coolDown.isLate) {
      return this.#probes.isTried(coolDown, now)
        ? { grade: "shaky", coolDown, until: now }
        : undefined;
    }
    const until = this.#probes.busyUntil(coolDown, now);
    return until === undefined ? undefined : { grade: "probing", coolDown, until };
  }

  /** Whether an account but that of an attempt can take its request now. */
  hasOthers(
    { account }: Attempt,
    usable: readonly Candidate[],
    asked: AskedModel,
    now: number,
  ): boolean {
    return usable.some((other) => {
      if (other.account === account) return false;
      const { grade } = this.of(other.account, asked, now);
      return grade === "free" || grade === "probing" || grade === "shaky";
    });
  }

  /** An account that nobody here knows, and that another instance may be trying just now. */
  #firstTrial(account: Account, { key, state, mayJoinFirstTry }: AskedModel, now: number): Place[] {
    if (mayJoinFirstTry || state.proven.has(account) || state.firstTries.isTried(account, now)) {
      return [];
    }
    return [
      {
        key: `rotation-first/${part(account.id)}/${part(key)}`,
        ttlMs: probePatienceMs,
        places: 1,
        kept: "short",
        refused: (waitMs) => state.firstTries.leave(account, now, Math.min(waitMs, askAgainMs)),
      },
    ];
  }

  /** What an attempt would try out that has cooled, for one instance to do it. */
  trials(account: Account, asked: AskedModel, now: number): readonly Place[] {
    const { key, state } = asked;
    const places = this.#firstTrial(account, asked, now);
    for (const { key: cooling, kind } of this.#watched(account, key)) {
      const coolDown = this.#coolDowns.known(cooling, now);
      if (coolDown === undefined || this.#probes.isTried(coolDown, now)) continue;
      // While a model is overloaded, one account is tried and not each of them.
      const subject = kind === "overloaded" ? part(key) : `${part(cooling.owner)}/${coolDown.id}`;
      const { isLate } = coolDown;
      const ttlMs = isLate ? leaseMs : probePatienceMs;
      const refused = (waitMs: number) => {
        this.#probes.leave(coolDown, now, waitMs);
        if (kind === "overloaded") state.restsUntil = now + waitMs;
      };
      places.push({
        key: `rotation-probe/${subject}`,
        ttlMs,
        places: 1,
        kept: isLate ? "held" : "spent",
        refused,
      });
    }
    return places;
  }

  /** An attempt begins; it tries out what nobody tries yet. */
  began(attempt: Attempt, { key, state }: AskedModel, now: number): void {
    const { account } = attempt;
    for (const { key: cooling, kind } of this.#watched(account, key)) {
      const coolDown = this.#coolDowns.known(cooling, now);
      if (coolDown === undefined || this.#probes.isTried(coolDown, now)) continue;
      this.#probes.begin(coolDown, attempt, now);
      // The other accounts on which the model was overloaded wait for this one.
      if (kind === "overloaded") state.restsUntil = now + probePatienceMs;
    }
    if (!state.proven.has(account) && !state.firstTries.isTried(account, now)) {
      state.firstTries.begin(account, attempt, now);
    }
  }

  /** An attempt is over: others need not wait for it. */
  ended(attempt: Attempt, { key, state }: AskedModel, now: number): void {
    if (state.firstTries.open > 0) state.firstTries.end(attempt.account, attempt);
    for (const { key: cooling } of this.#watched(attempt.account, key)) {
      const coolDown = this.#coolDowns.known(cooling, now);
      if (coolDown !== undefined) this.#probes.end(coolDown, attempt);
    }
  }

  /** An attempt failed: what follows for the account, if anything does. */
  failed(attempt: Attempt, asked: AskedModel, fault: Fault, now: number): CoolDown | undefined {
    const { kind, error, isLate } = fault;
    const time = (failuresInRow: number) => coolDownTime(kind, error, failuresInRow);
    if (time(0) === 0) return undefined;
    const { key, state } = asked;
    const cooling = coolingKey(kind, attempt.account, key);
    const isProbe = this.#coolDowns.known(cooling, now) !== undefined;
    const coolDown = this.#coolDowns.start(cooling, now, { error, isLate, time });
    if (kind !== "transient") state.proven.delete(attempt.account);
    if (kind === "overloaded") {
      state.overloadsInRow += 1;
      if (isProbe || state.overloadsInRow >= overloadsOfModel) state.restsUntil = coolDown.until;
    }
    return coolDown;
  }

  /** An attempt has shown that its account works: by an answer that has begun, or (`isWhole`) has ended well. */
  proved(attempt: Attempt, { key, state }: AskedModel, isWhole: boolean, now: number): void {
    const { account, startedAt } = attempt;
    state.overloadsInRow = 0;
    state.proven.add(account);
    for (const { key: cooling, kind } of this.#watched(account, key)) {
      const coolDown = this.#coolDowns.known(cooling, now);
      // What began before the cool-down ended says nothing about the time after it.
      if (coolDown === undefined || coolDown.until > startedAt) continue;
      if (coolDown.isLate && !isWhole) continue;
      this.#coolDowns.forgive(cooling, now);
      if (kind === "overloaded") state.restsUntil = 0;
    }
  }
}
