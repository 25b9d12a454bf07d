import type { Account, Attempt, Candidate, Exchange } from "@agproxy/core";
import { arranged, takesTurn } from "./arrangement.ts";
import { ConversationHomes } from "./conversation.ts";
import type { AskedModel } from "./standings.ts";
import { createModelStates, type ExchangeState, modelKey } from "./states.ts";
import type { Strategy } from "./strategies.ts";

/** The strategy's rounds, one for each model: whose turn it is, and which conversations are bound to an account instead. */
export class Rounds {
  readonly #models = createModelStates();
  readonly #homes = new ConversationHomes();
  readonly #strategy: Strategy;
  readonly #busy: (account: Account) => number;

  /** `busy` is how many attempts an account has open. */
  constructor(strategy: Strategy, busy: (account: Account) => number) {
    this.#strategy = strategy;
    this.#busy = busy;
  }

  /** A model as an exchange asks for it. */
  asked(
    { exchange, model }: Pick<Attempt, "exchange" | "model">,
    state: ExchangeState,
  ): AskedModel {
    const key = modelKey(model);
    const mayJoinFirstTry = !this.#takesTurn(exchange, state);
    return { key, state: this.#models(key), mayJoinFirstTry };
  }

  /** The free candidates in the order in which an exchange takes them. */
  arrange(
    free: readonly Candidate[],
    exchange: Exchange,
    state: ExchangeState,
    asked: AskedModel,
  ): readonly Candidate[] {
    const preferences = { strategy: this.#strategy, busy: this.#busy, homes: this.#homes };
    return arranged(free, exchange, state, asked.state, preferences);
  }

  /** An attempt begins: the round goes on, and a conversation without a name is at home where it began. */
  began({ exchange, account, number }: Attempt, state: ExchangeState, asked: AskedModel): void {
    if (!this.#takesTurn(exchange, state)) return;
    if (number === 1) asked.state.count += 1;
    const conversation = state.conversationOf(exchange);
    if (conversation?.isNamed === false) this.#homes.set(conversation.key, account.id);
  }

  /** Whether an exchange takes part in the round. With one account there is none. */
  #takesTurn(exchange: Exchange, state: ExchangeState): boolean {
    return state.usable.length > 1 && takesTurn(state.conversationOf(exchange), this.#homes);
  }
}
