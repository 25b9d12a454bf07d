import {
  type AgproxyError,
  type Attempt,
  type Candidate,
  type Exchange,
  type Failure,
  isFree,
  type Summary,
  type Verdict,
  type Account,
  remember,
} from "@agproxy/core";
import { coolDownTime, upstreamDelayMs } from "./cool-down-time.ts";
import { type CoolDown, CoolDowns } from "./cool-downs.ts";
import { type FailureKind, failureKind } from "./failure-kind.ts";
import {
  ranking,
  type Strategy,
  rendezvous,
  coolingKey,
  forgive,
  standings,
  modelKey,
} from "./ranking.ts";
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
  readonly #states = new ExchangeStates();
  readonly #open = new OpenAttempts();
  readonly #rules: PoolRules;
  readonly #chance: Chance;

  constructor(rules: PoolRules, chance: Chance) {
    this.#rules = rules;
    this.#chance = chance;
  }

  /** The candidates in the order in which they are to be taken. */
  rank(
    candidates: readonly Candidate[],
    exchange: Exchange,
    model = exchange.model,
  ): readonly Candidate[] {
    const state = this.#states.of(exchange);
    const allUsable = candidates.every(isFree);
    state.usable = allUsable ? candidates : candidates.filter(isFree);
    // The usual case, kept cheap: nobody cools.
    if (this.#coolDowns.size === 0 && allUsable) return this.#arrange(candidates, exchange, state);
    const standing = standings(modelKey(model), this.#coolDowns, this.#chance.now());
    return ranking(candidates, standing, (free) => this.#arrange(free, exchange, state));
  }

  /** Orders free accounts: by the conversation where it is sticky, else by the strategy. */
  #arrange(
    free: readonly Candidate[],
    exchange: Exchange,
    { count }: ExchangeState,
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

  began({ exchange, account, number }: Attempt): void {
    // A sticky conversation does not take part in the round: it would skip an account's turn.
    const state = this.#states.of(exchange);
    if (number === 1 && this.#conversation(exchange) === undefined) this.#states.countSent(state);
    this.#open.begin(state, account);
  }

  /** An attempt failed: cools what is to be cooled and says what comes next. */
  failed({ error }: Failure, attempt: Attempt): Consequence {
    const { account, exchange, number } = attempt;
    if (exchange.incoming.signal.aborted) return { verdict: undefined, coolDown: undefined };
    const kind = failureKind(error.code);
    const coolDown = this.#cool(kind, error, attempt);
    const { repeated } = this.#states.of(exchange);
    const decided = verdict({
      kind,
      retryAfterMs: upstreamDelayMs(error),
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
    const time = (failuresInRow: number) => coolDownTime(kind, error, failuresInRow);
    if (time(0) === 0) return undefined;
    const key = coolingKey(kind, attempt.account, modelKey(attempt.model));
    return this.#coolDowns.start(key, this.#chance.now(), error.definition.text, time);
  }

  /** How many accounts but this one can take the request now. */
  #others({ account, exchange, model }: Attempt): number {
    const { usable } = this.#states.of(exchange);
    const standing = standings(modelKey(model), this.#coolDowns, this.#chance.now());
    return usable.filter((other) => {
      const { grade } = standing(other.account);
      return other.account !== account && (grade === "free" || grade === "shaky");
    }).length;
  }

  ended({ exchange, attempts, outcome }: Summary): void {
    const state = this.#states.of(exchange);
    this.#open.end(state);
    const last = attempts.at(-1);
    if (outcome !== "ok" || last === undefined) return;
    forgive(last.account, modelKey(last.model), this.#coolDowns, this.#chance.now());
  }
}

/** What this plugin knows of one exchange while it lasts. */
export interface ExchangeState extends CurrentAccount {
  /** The model as a key. */
  readonly model: string;
  /** Its number among the exchanges of the model, which `round-robin` counts by. */
  readonly count: number;
  /** The candidates that no other plugin had passed over when an account was last chosen. */
  usable: readonly Candidate[];
  /** Accounts it has gone back to. */
  readonly repeated: Account[];
}

/** How many models are counted. Model names come from clients, so an unbounded map would exhaust memory. */
const maxCountedModels = 1000;

/** The states of the exchanges under way, and how many each model has had. */
class ExchangeStates {
  readonly #states = new WeakMap<Exchange, ExchangeState>();
  readonly #rounds = remember(maxCountedModels, () => ({ count: 0 }));

  /** The state of an exchange; begins it on first sight. */
  of(exchange: Exchange): ExchangeState {
    const known = this.#states.get(exchange);
    if (known !== undefined) return known;
    const model = modelKey(exchange.model);
    const { count } = this.#rounds(model);
    const state: ExchangeState = {
      model,
      count,
      usable: [],
      repeated: [],
      currentAccount: undefined,
    };
    this.#states.set(exchange, state);
    return state;
  }

  /** Counts an exchange that was sent. `/readyz` ranks accounts without sending, so ranking does not count. */
  countSent({ model }: ExchangeState): void {
    this.#rounds(model).count += 1;
  }
}

/** The account of an exchange's open attempt. It has one attempt open at a time. */
export interface CurrentAccount {
  currentAccount: Account | undefined;
}

/** How many attempts each account has open. */
export class OpenAttempts {
  readonly #counts = new Map<Account, number>();

  readonly on = (account: Account): number => this.#counts.get(account) ?? 0;

  /** An attempt begins; the former one of the same exchange is over. */
  begin(exchange: CurrentAccount, account: Account): void {
    this.end(exchange);
    exchange.currentAccount = account;
    this.#counts.set(account, this.on(account) + 1);
  }

  /** The exchange's attempt is over. A second call does nothing. */
  end(exchange: CurrentAccount): void {
    const { currentAccount } = exchange;
    if (currentAccount === undefined) return;
    exchange.currentAccount = undefined;
    this.#counts.set(currentAccount, this.on(currentAccount) - 1);
  }
}
