import type { Account, Candidate } from "@agproxy/core";

export type StrategyName = "round-robin" | "fill-first" | "least-busy";

/** What a strategy may look at. */
interface PoolLoad {
  /** Counts the exchanges of a model, from 0. */
  readonly count: number;
  /** How many attempts an account has open. */
  readonly busy: (account: Account) => number;
}

/** Brings the free candidates into the order in which they are tried. */
export type Strategy = (free: readonly Candidate[], load: PoolLoad) => readonly Candidate[];

const roundRobin: Strategy = (free, { count }) => {
  const start = free.length === 0 ? 0 : count % free.length;
  return start === 0 ? free : free.slice(start).concat(free.slice(0, start));
};

/** Uses up one account before it touches the next; the order is that of the config file. */
const fillFirst: Strategy = (free) => free;

/** Accounts that are equally busy take turns. */
const leastBusy: Strategy = (free, turn) =>
  roundRobin(free, turn).toSorted((a, b) => turn.busy(a.account) - turn.busy(b.account));

export const strategies: Readonly<Record<StrategyName, Strategy>> = {
  "round-robin": roundRobin,
  "fill-first": fillFirst,
  "least-busy": leastBusy,
};
