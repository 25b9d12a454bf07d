import type { Account, Candidate } from "@agproxy/core";

export type StrategyName = "round-robin" | "fill-first" | "least-busy" | "weighted";

/** What a strategy may look at. */
interface PoolLoad {
  /** Counts the exchanges of a model, from 0. */
  readonly count: number;
  /** How many attempts an account has open. */
  readonly busy: (account: Account) => number;
}

/** Brings the free candidates into the order in which they are tried. */
export type Strategy = (free: readonly Candidate[], load: PoolLoad) => readonly Candidate[];

const roundRobin: Strategy = (free, { count }) => startingAt(free, count % (free.length || 1));

function startingAt(free: readonly Candidate[], start: number): readonly Candidate[] {
  return start === 0 ? free : free.slice(start).concat(free.slice(0, start));
}

/** Uses up one account before it touches the next; the order is that of the config file. */
const fillFirst: Strategy = (free) => free;

/** Accounts that are equally busy take turns. */
const leastBusy: Strategy = (free, turn) =>
  roundRobin(free, turn).toSorted((a, b) => turn.busy(a.account) - turn.busy(b.account));

/** Multiples of it, without their whole part, fill the range from 0 to 1 evenly, however many there are. */
const goldenRatio = (Math.sqrt(5) - 1) / 2;

/** The accounts of the highest priority first; among them each as often as its weight says. */
const weighted: Strategy = (free, { count }) => {
  const byPriority = Map.groupBy(free, ({ account }) => account.priority ?? 0);
  return [...byPriority.keys()]
    .toSorted((a, b) => b - a)
    .flatMap((priority) => byWeight(byPriority.get(priority) ?? [], (count * goldenRatio) % 1));
};

/** `at` is from 0 to 1. */
function byWeight(free: readonly Candidate[], at: number): readonly Candidate[] {
  const weights = free.map(({ account }) => account.weight ?? 1);
  let rest = at * weights.reduce((sum, weight) => sum + weight, 0);
  const start = weights.findIndex((weight) => (rest -= weight) < 0);
  return startingAt(free, Math.max(start, 0));
}

export const strategies: Readonly<Record<StrategyName, Strategy>> = {
  "round-robin": roundRobin,
  "fill-first": fillFirst,
  "least-busy": leastBusy,
  weighted,
};
