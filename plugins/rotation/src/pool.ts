import {
  type AgproxyError,
  type Attempt,
  type Candidate,
  type Exchange,
  type Failure,
  isFree,
  type Summary,
  type Verdict,
} from "@agproxy/core";
import { coolDownTime, toldDelay } from "./cool-down-time.ts";
import { type CoolDown, CoolDowns } from "./cool-downs.ts";
import { type FailureKind, failureKind } from "./failure-kind.ts";
import { type Journey, Journeys, OpenAttempts } from "./journey.ts";
import { ranking, type Strategy, rendezvous } from "./ranking.ts";
import { coolingKey, forgive, standings } from "./standing.ts";
import { verdict } from "./verdict.ts";

/** Clock and randomness: `now` in milliseconds since the epoch, `random` from 0 to 1. */
export interface Chance {
  readonly now: () => number;
  readonly random: () => number;
}

/** How accounts are chosen, and how often. */
export interface PoolRules {
  readonly strategy: Strategy;
  /** Whether conversations stay on their account. */
  readonly sticky: boolean;
  readonly attempts: number;
}

/** What follows from a failure. */
export interface Consequence {
  readonly verdict: Verdict | undefined;
  readonly coolDown: CoolDown | undefined;
}

/** What is known of the accounts: who cools, who is busy, whose turn it is. */
export class Pool {
  readonly #coolDowns = new CoolDowns();
  readonly #journeys = new Journeys();
  readonly #open = new OpenAttempts();
  readonly #rules: PoolRules;
  readonly #chance: Chance;

  constructor(rules: PoolRules, chance: Chance) {
    this.#rules = rules;
    this.#chance = chance;
  }

  /** The candidates in the order in which they are to be taken. */
  rank(candidates: readonly Candidate[], exchange: Exchange): readonly Candidate[] {
    const journey = this.#journeys.of(exchange);
    const allOpen = candidates.every(isFree);
    journey.open = allOpen ? candidates : candidates.filter(isFree);
    // The usual case, kept cheap: nobody cools.
    if (this.#coolDowns.size === 0 && allOpen) return this.#arrange(candidates, exchange, journey);
    const standing = standings(journey.model, this.#coolDowns, this.#chance.now());
    return ranking(candidates, standing, (free) => this.#arrange(free, exchange, journey));
  }

  /** Orders free accounts: by the conversation where it is sticky, else by the strategy. */
  #arrange(
    free: readonly Candidate[],
    exchange: Exchange,
    { count }: Journey,
  ): readonly Candidate[] {
    const conversation = this.#conversation(exchange);
    return conversation === undefined
      ? this.#rules.strategy(free, { count, busy: this.#open.on })
      : rendezvous(free, conversation);
  }

  /** A key for the conversation, where its exchanges are to stay on one account. */
  #conversation({ request: { cacheKey = "" }, caller }: Exchange): string | undefined {
    return this.#rules.sticky && cacheKey !== "" ? `${caller.id}\n${cacheKey}` : undefined;
  }

  /** An attempt begins. */
  began({ exchange, account, number }: Attempt): void {
    // A sticky conversation does not take part in the round: it would skip an account's turn.
    const journey = this.#journeys.of(exchange);
    if (number === 1 && this.#conversation(exchange) === undefined) this.#journeys.advance(journey);
    this.#open.begin(journey, account);
  }

  /** An attempt failed: cools what is to be cooled and says what comes next. */
  failed({ error }: Failure, attempt: Attempt): Consequence {
    const { account, exchange, number } = attempt;
    if (exchange.incoming.signal.aborted) return { verdict: undefined, coolDown: undefined };
    const kind = failureKind(error.code);
    const coolDown = this.#cool(kind, error, attempt);
    const { repeated } = this.#journeys.of(exchange);
    const decided = verdict({
      kind,
      told: toldDelay(error),
      number,
      attempts: this.#rules.attempts,
      others: this.#others(attempt),
      repeated: repeated.includes(account),
      jitter: this.#chance.random(),
    });
    if (decided?.retry === "same account") repeated.push(account);
    return { verdict: decided, coolDown };
  }

  #cool(kind: FailureKind, error: AgproxyError, attempt: Attempt): CoolDown | undefined {
    const time = (strikes: number) => coolDownTime(kind, error, strikes);
    if (time(0) === 0) return undefined;
    const { model } = this.#journeys.of(attempt.exchange);
    const key = coolingKey(kind, attempt.account, model);
    return this.#coolDowns.start(key, this.#chance.now(), error.definition.text, time);
  }

  /** How many accounts but this one can take the request now. */
  #others({ account, exchange }: Attempt): number {
    const { open, model } = this.#journeys.of(exchange);
    const standing = standings(model, this.#coolDowns, this.#chance.now());
    return open.filter((other) => {
      const { grade } = standing(other.account);
      return other.account !== account && (grade === "free" || grade === "shaky");
    }).length;
  }

  /** An exchange is over. */
  ended({ exchange, attempts, outcome }: Summary): void {
    const journey = this.#journeys.of(exchange);
    this.#open.end(journey);
    const last = attempts.at(-1);
    if (outcome !== "ok" || last === undefined) return;
    forgive(last.account, journey.model, this.#coolDowns, this.#chance.now());
  }
}
