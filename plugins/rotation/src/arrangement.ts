import type { Account, Candidate } from "@agproxy/core";
import type { ConversationHomes } from "./conversation-homes.ts";
import type { ExchangeState } from "./exchange-states.ts";
import type { ModelState } from "./model-states.ts";
import { rendezvous } from "./rendezvous.ts";
import type { Strategy } from "./strategies.ts";

/** What the order of free accounts depends on. */
export interface Preferences {
  readonly strategy: Strategy;
  readonly busy: (account: Account) => number;
  readonly homes: ConversationHomes;
}

/** Whether an exchange takes part in the strategy's round: one that a conversation binds to an account does not. */
export function takesTurn({ conversation }: ExchangeState, homes: ConversationHomes): boolean {
  if (conversation === undefined) return true;
  if (conversation.isNamed) return false;
  return conversation.isFirstTurn || homes.get(conversation.key) === undefined;
}

/** The order in which free accounts are taken: the conversation's own first, else by the strategy. */
export function arranged(
  free: readonly Candidate[],
  exchange: ExchangeState,
  model: ModelState,
  { strategy, busy, homes }: Preferences,
): readonly Candidate[] {
  if (free.length < 2) return free;
  const order = takesTurn(exchange, homes)
    ? strategy(free, { count: exchange.turn, busy })
    : bound(free, exchange, homes);
  // Whoever was refused once is sent to an account that is known to work, and not through all the others.
  return exchange.refusals === 0 ? order : first(order, ({ account }) => model.proven.has(account));
}

function bound(
  free: readonly Candidate[],
  { conversation }: ExchangeState,
  homes: ConversationHomes,
): readonly Candidate[] {
  if (conversation === undefined) return free;
  const order = rendezvous(free, conversation.key);
  const home = conversation.isNamed ? undefined : homes.get(conversation.key);
  return home === undefined ? order : first(order, ({ account }) => account.id === home);
}

function first(
  order: readonly Candidate[],
  isFirst: (candidate: Candidate) => boolean,
): readonly Candidate[] {
  return order.filter(isFirst).concat(order.filter((one) => !isFirst(one)));
}
