import { type Account, type Candidate, type Exchange, remember } from "@agproxy/core";
import { modelKey } from "./standing.ts";

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
export class ExchangeStates {
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
