import { type Account, type Candidate, type Exchange, remember } from "@agproxy/core";
import { modelKey } from "./standing.ts";

/** What this plugin knows of one exchange. */
export interface Journey extends Held {
  /** The model as a key. */
  readonly model: string;
  /** Its number among the exchanges of the model, which `round-robin` counts by. */
  readonly count: number;
  /** The candidates that no other plugin had passed over when an account was last chosen. */
  open: readonly Candidate[];
  /** Accounts it has gone back to. */
  readonly repeated: Account[];
}

/** How many models are counted. Model names come from clients, so an unbounded map would exhaust memory. */
const maxCountedModels = 1000;

/** The journeys of the exchanges under way, and the rounds of each model. */
export class Journeys {
  readonly #journeys = new WeakMap<Exchange, Journey>();
  readonly #round = remember(maxCountedModels, () => ({ count: 0 }));

  /** The journey of an exchange; begins it on first sight. */
  of(exchange: Exchange): Journey {
    const known = this.#journeys.get(exchange);
    if (known !== undefined) return known;
    const model = modelKey(exchange.model);
    const { count } = this.#round(model);
    const journey: Journey = { model, count, open: [], repeated: [], held: undefined };
    this.#journeys.set(exchange, journey);
    return journey;
  }

  /** Counts an exchange that was sent. `/readyz` ranks accounts without sending, so ranking does not count. */
  advance({ model }: Journey): void {
    this.#round(model).count += 1;
  }
}

/** An exchange has one attempt open at a time: the account of that attempt. */
export interface Held {
  held: Account | undefined;
}

/** How many attempts each account has open. */
export class OpenAttempts {
  readonly #counts = new Map<Account, number>();

  readonly on = (account: Account): number => this.#counts.get(account) ?? 0;

  /** An attempt begins; the former one of the same holder is over. */
  begin(holder: Held, account: Account): void {
    this.end(holder);
    holder.held = account;
    this.#counts.set(account, this.on(account) + 1);
  }

  /** The holder's attempt is over. A second call does nothing. */
  end(holder: Held): void {
    const { held } = holder;
    if (held === undefined) return;
    holder.held = undefined;
    this.#counts.set(held, this.on(held) - 1);
  }
}
