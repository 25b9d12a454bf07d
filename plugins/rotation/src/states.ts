import { type Account, type Attempt, type Candidate, type Exchange, remember } from "@agproxy/core";
import { Probes } from "./probes.ts";
import { type Conversation, conversationOf } from "./conversation.ts";
import type { Ticket, WaitingLine } from "./waiting-line.ts";

/** What the pool knows of an exchange under way. */
export class ExchangeState {
  /** Counts exchanges in the order in which they came. */
  readonly order: number;
  /** Its turn in the strategy's round, from its first selection on; -1 before. */
  turn = -1;
  /** The candidates of the last selection that no other plugin passed over. */
  usable: readonly Candidate[] = [];
  /** The changes of the pool that the last selection had seen; -1 where it did not look. */
  seen = -1;
  /** The attempt that is open. */
  attempt: Attempt | undefined;
  /** How many attempts failed that cost something. */
  costly = 0;
  /** How many attempts were refused at once. */
  refusals = 0;
  /** Accounts it has gone back to. */
  readonly repeated: Account[] = [];
  /** Its place among those who wait, once it has waited. */
  ticket: Ticket | undefined;
  /** The line in which it waited last. */
  line: WaitingLine | undefined;
  #conversation: { readonly it: Conversation | undefined } | undefined;

  constructor(order: number, isSticky: boolean) {
    this.order = order;
    if (!isSticky) this.#conversation = { it: undefined };
  }

  /**
   * The conversation that it is part of; undefined where exchanges do not stay together. Read from the texts on first use. It
   * gets the exchange each time: a state that held it would keep it alive until V8's next full collection.
   */
  conversationOf(exchange: Exchange): Conversation | undefined {
    return (this.#conversation ??= { it: conversationOf(exchange) }).it;
  }
}

/** The states of the exchanges under way. */
export class ExchangeStates {
  readonly #states = new WeakMap<Exchange, ExchangeState>();
  readonly #isSticky: boolean;
  #count = 0;

  constructor(isSticky: boolean) {
    this.#isSticky = isSticky;
  }

  /** The state of an exchange; begins it on first sight. */
  of(exchange: Exchange): ExchangeState {
    const known = this.#states.get(exchange);
    if (known !== undefined) return known;
    const state = new ExchangeState((this.#count += 1), this.#isSticky);
    this.#states.set(exchange, state);
    return state;
  }
}

/** A model name as a key: case and Google's `models/` prefix make no difference. */
export function modelKey(model: string): string {
  return model
    .trim()
    .toLowerCase()
    .replace(/^models\//, "");
}

/** What is known of a model on all accounts together. */
export interface ModelState {
  /** How many exchanges were sent that no conversation had bound to an account. */
  count: number;
  /** The accounts that have answered for it. */
  readonly proven: WeakSet<Account>;
  /** The first attempts on accounts that nobody had asked for it before. */
  readonly firstTries: Probes<Account>;
  /** Overloads without an answer between them. */
  overloadsInRow: number;
  /** Milliseconds since the epoch: until then accounts that were overloaded are not tried. */
  restsUntil: number;
}

/** Model names come from clients, so an unbounded map would exhaust memory. */
const maxModels = 1000;

/** The states of all models, by their keys. */
export function createModelStates(): (model: string) => ModelState {
  return remember(maxModels, () => ({
    count: 0,
    proven: new WeakSet(),
    firstTries: new Probes(),
    overloadsInRow: 0,
    restsUntil: 0,
  }));
}
