import type { Account, Candidate, Exchange } from "@agproxy/core";
import { type Conversation, type ConversationHomes, fnv, offsetBasis } from "./conversation.ts";
import type { ExchangeState, ModelState } from "./states.ts";
import type { Strategy } from "./strategies.ts";

/** What the order of free accounts depends on. */
export interface Preferences {
  readonly strategy: Strategy;
  readonly busy: (account: Account) => number;
  readonly homes: ConversationHomes;
}

/** Whether an exchange takes part in the strategy's round: one that a conversation binds to an account does not. */
export function takesTurn(
  conversation: Conversation | undefined,
  homes: ConversationHomes,
): boolean {
  if (conversation === undefined) return true;
  if (conversation.isNamed) return false;
  return conversation.isFirstTurn || homes.get(conversation.key) === undefined;
}

/** The order in which free accounts are taken: the conversation's own first, else by the strategy. */
export function arranged(
  free: readonly Candidate[],
  exchange: Exchange,
  state: ExchangeState,
  model: ModelState,
  { strategy, busy, homes }: Preferences,
): readonly Candidate[] {
  if (free.length < 2) return free;
  const conversation = state.conversationOf(exchange);
  const order = takesTurn(conversation, homes)
    ? strategy(free, { count: state.turn, busy })
    : bound(free, conversation, homes);
  // Whoever was refused once is sent to an account that is known to work, and not through all the others.
  return state.refusals === 0 ? order : first(order, ({ account }) => model.proven.has(account));
}

function bound(
  free: readonly Candidate[],
  conversation: Conversation | undefined,
  homes: ConversationHomes,
): readonly Candidate[] {
  if (conversation === undefined) return free;
  const home = conversation.isNamed ? undefined : homes.get(conversation.key);
  const isHome = ({ account }: Candidate) => account.id === home;
  if (free.some(isHome)) return first(free, isHome);
  return rendezvous(free, conversation.key);
}

function first(
  order: readonly Candidate[],
  isFirst: (candidate: Candidate) => boolean,
): readonly Candidate[] {
  return order.filter(isFirst).concat(order.filter((one) => !isFirst(one)));
}

/**
 * The candidates in the order in which a conversation prefers them: by the hash of conversation and account,
 * highest first. It needs no memory, so it holds over a restart and on every instance; where an account comes
 * or goes, only the conversations move that go to it or were on it. The account's id counts, not its place.
 * Source: https://www.eecs.umich.edu/techreports/cse/96/CSE-TR-316-96.pdf (highest random weight)
 */
export function rendezvous(free: readonly Candidate[], conversation: string): readonly Candidate[] {
  if (free.length < 2) return free;
  const seed = fnv(conversation, offsetBasis);
  return free
    .map((candidate) => ({ candidate, weight: mixed(fnv(candidate.account.id, seed)) }))
    .toSorted((a, b) => b.weight - a.weight)
    .map(({ candidate }) => candidate);
}

/**
 * The last step of MurmurHash3: FNV leaves ids that differ in one letter close together, and then the same
 * account would win too often.
 */
function mixed(hash: number): number {
  let mix = hash ^ (hash >>> 16);
  mix = Math.imul(mix, 0x85ebca6b);
  mix ^= mix >>> 13;
  mix = Math.imul(mix, 0xc2b2ae35);
  return (mix ^ (mix >>> 16)) >>> 0;
}
