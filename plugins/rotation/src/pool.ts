import {
  type Account,
  type AccountReport,
  type Attempt,
  type Candidate,
  type Exchange,
  type Failure,
  failureKind,
  isFree,
  type PassedOver,
  type Summary,
} from "@agproxy/core";
import type { Chance } from "./chance.ts";
import { Claims } from "./claims.ts";
import { upstreamDelayMs } from "./cool-down-time.ts";
import { type CoolDown, CoolDowns } from "./cool-downs.ts";
import { isCostly } from "./costly-failure.ts";
import type { Leases } from "./leases.ts";
import { Limits } from "./limits.ts";
import type { Consequence, Late, PoolRules } from "./pool-rules.ts";
import { ranking } from "./ranking.ts";
import { reportOf } from "./rests.ts";
import { Rounds } from "./rounds.ts";
import { type AskedModel, Standings } from "./standings.ts";
import { type ExchangeState, ExchangeStates, modelKey } from "./states.ts";
import { verdict } from "./verdict.ts";
import { WaitingRoom } from "./waiting-room.ts";

const othersFirst: PassedOver = { reason: "has others waiting for it", isBusy: true };

/** What is known of the accounts: who cools, who is busy, whose turn it is, and who waits for one. */
export class Pool {
  readonly coolDowns = new CoolDowns();
  readonly #standings = new Standings(this.coolDowns);
  readonly #states: ExchangeStates;
  readonly #rounds: Rounds;
  readonly #limits: Limits;
  readonly #room: WaitingRoom;
  readonly #rules: PoolRules;
  readonly #chance: Chance;
  readonly #leases: Leases | undefined;
  readonly #claims: Claims;

  /** `leases` are there where several instances share the accounts. */
  constructor(rules: PoolRules, chance: Chance, leases?: Leases) {
    this.#rules = rules;
    this.#chance = chance;
    this.#leases = leases;
    this.#states = new ExchangeStates(rules.sticky);
    this.#limits = new Limits(rules.limits);
    this.#rounds = new Rounds(rules.strategy, this.#limits.openOn);
    this.#claims = new Claims(this.#standings, this.#limits, leases, chance.now);
    this.#room = new WaitingRoom(rules.maxWaitMs, chance);
  }

  /** The candidates in the order in which they are to be taken. */
  rank(candidates: readonly Candidate[], exchange: Exchange, model: string): readonly Candidate[] {
    const state = this.#states.of(exchange);
    if (this.#room.isFullFor(modelKey(model), state)) {
      return candidates.map((one) => (isFree(one) ? { ...one, passedOver: othersFirst } : one));
    }
    const allUsable = candidates.every(isFree);
    state.usable = allUsable ? candidates : candidates.filter(isFree);
    const asked = this.#rounds.asked({ exchange, model }, state);
    if (state.turn === -1) state.turn = asked.state.count;
    const arrange = (free: readonly Candidate[]) =>
      this.#rounds.arrange(free, exchange, state, asked);
    if (allUsable && this.#isQuiet(asked)) return arrange(candidates);
    const now = this.#chance.now();
    const ranked = candidates.map((candidate) => ({
      candidate,
      standing: this.#standings.of(candidate.account, asked, now),
      obstacle: this.#limits.obstacle(candidate.account, exchange.caller, now),
    }));
    return ranking(ranked, arrange);
  }

  /** The usual case, kept cheap: nobody cools, and nobody is tried out. */
  #isQuiet({ state }: AskedModel): boolean {
    return (
      this.coolDowns.size === 0 &&
      !this.#limits.exist &&
      state.overloadsInRow === 0 &&
      state.firstTries.open === 0
    );
  }

  /** An attempt is about to begin. Says why not, where another one has come first since the ranking. */
  claim(attempt: Attempt): PassedOver | undefined | Promise<PassedOver | undefined> {
    const state = this.#states.of(attempt.exchange);
    // A tap after this one refused the former claim, so that attempt never began.
    this.#release(state);
    const asked = this.#rounds.asked(attempt, state);
    const isReturning = state.repeated.includes(attempt.account);
    const refusal = this.#claims.claim(attempt, asked, isReturning);
    if (refusal === undefined) return this.#begin(attempt, asked);
    if (!(refusal instanceof Promise)) return refusal;
    return refusal.then((late) => {
      if (late === undefined) return this.#begin(attempt, asked);
      // Others of this instance found its place taken meanwhile.
      this.#room.changed();
      return late;
    });
  }

  #begin(attempt: Attempt, asked: AskedModel): undefined {
    const state = this.#states.of(attempt.exchange);
    this.#rounds.began(attempt, state, asked);
    state.attempt = attempt;
    this.#room.served(state);
  }

  /** Something is known from elsewhere: an account may be free. */
  changed(): void {
    this.#room.changed();
  }

  /** How an account stands, for those who look on. */
  report(account: Account): AccountReport {
    return reportOf(account, this.coolDowns, this.#limits.openOn(account), this.#chance.now());
  }

  /** How many wait, by model. */
  waiting(): Readonly<Record<string, number>> {
    return this.#room.sizes();
  }

  /** Nobody can take an exchange: waits until somebody may, and says for which model to look. */
  async wait(
    candidates: readonly Candidate[],
    exchange: Exchange,
    model: string,
  ): Promise<string | undefined> {
    const state = this.#states.of(exchange);
    this.#release(state);
    const next = this.#rules.nextModel(exchange.model, model);
    const { caller, incoming } = exchange;
    if (next === undefined || this.#room.isShort(candidates)) {
      const waiter = { key: modelKey(model), state, caller, signal: incoming.signal };
      if (await this.#room.wait(candidates, waiter)) return model;
    }
    this.#room.served(state);
    return next;
  }

  /** The upstream has begun to answer. */
  answered(attempt: Attempt): void {
    const asked = this.#rounds.asked(attempt, this.#states.of(attempt.exchange));
    const now = this.#chance.now();
    // Nobody is woken for nothing: whoever looks in vain may be in the way of the one before them.
    const { proven, firstTries, overloadsInRow } = asked.state;
    const isQuiet = this.coolDowns.size + firstTries.open + overloadsInRow === 0;
    const isNews = !isQuiet || !proven.has(attempt.account);
    this.#standings.proved(attempt, asked, false, now);
    this.#standings.ended(attempt, asked, now);
    if (isNews) this.#room.changed();
  }

  /** An attempt failed: cools what is to be cooled and says what comes next. */
  failed({ error }: Failure, attempt: Attempt): Consequence {
    const { account, exchange } = attempt;
    const state = this.#states.of(exchange);
    this.#release(state);
    if (exchange.incoming.signal.aborted) return { verdict: undefined, coolDown: undefined };
    const kind = failureKind(error.code);
    if (isCostly(error.code)) state.costly += 1;
    else state.refusals += 1;
    const asked = this.#rounds.asked(attempt, state);
    const now = this.#chance.now();
    const coolDown = this.#standings.failed(attempt, asked, { kind, error, isLate: false }, now);
    // The account has read the request: whatever held it back before does so no longer.
    if (kind === "final") this.#standings.proved(attempt, asked, false, now);
    const decided = verdict({
      kind,
      retryAfterMs: upstreamDelayMs(error),
      costly: state.costly,
      attempts: this.#rules.attempts,
      hasOthers: this.#standings.hasOthers(attempt, state.usable, asked, now),
      repeated: state.repeated.includes(account),
      jitter: this.#chance.random(),
    });
    if (decided?.retry === "same account") state.repeated.push(account);
    this.#room.changed();
    return { verdict: decided, coolDown };
  }

  /** An exchange is over. Returns what cools for a failure in the middle of its answer. */
  ended({ exchange, error, outcome }: Summary): Late | undefined {
    const state = this.#states.of(exchange);
    const { attempt } = state;
    this.#release(state);
    this.#room.served(state);
    let coolDown: CoolDown | undefined;
    if (attempt !== undefined) {
      const asked = this.#rounds.asked(attempt, state);
      const now = this.#chance.now();
      if (outcome === "ok") this.#standings.proved(attempt, asked, true, now);
      if (outcome === "failed" && error !== undefined) {
        const fault = { kind: failureKind(error.code), error, isLate: true };
        coolDown = this.#standings.failed(attempt, asked, fault, now);
      }
    }
    this.#room.changed();
    return attempt === undefined || coolDown === undefined ? undefined : { attempt, coolDown };
  }

  /** The open attempt of an exchange is over, if there is one. */
  #release(state: ExchangeState): void {
    const { attempt } = state;
    if (attempt === undefined) return;
    state.attempt = undefined;
    this.#limits.ended(attempt.account);
    const leases = this.#leases;
    // Afterwards: other instances hear first of what the attempt has shown, and then that they may try.
    if (leases !== undefined) queueMicrotask(() => leases.end(attempt));
    const asked = this.#rounds.asked(attempt, state);
    this.#standings.ended(attempt, asked, this.#chance.now());
  }
}
