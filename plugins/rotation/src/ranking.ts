import { type Account, type Candidate, isFree } from "@agproxy/core";
import type { Grade, Standing } from "./standing.ts";

/**
 * Brings candidates into the order in which they are to be taken. The free ones come first, in the order
 * that `arrange` gives them. Where none is free, shaky ones are taken, the one that recovers first before the
 * others, so that a passing fault never leaves a pool empty. Faulty ones are taken only where there is nothing
 * to wait for. Candidates that are not taken are marked as passed over.
 */
export function ranking(
  candidates: readonly Candidate[],
  standing: (account: Account) => Standing,
  arrange: (free: readonly Candidate[]) => readonly Candidate[],
): readonly Candidate[] {
  const standings = candidates.map(({ account }) => standing(account));
  const grade = takenGrade(candidates, standings);
  const taken: Candidate[] = [];
  const rest: Candidate[] = [];
  for (let index = 0; index < candidates.length; index += 1) {
    const [candidate, its] = [candidates[index]!, standings[index]!];
    if (its.grade === grade && isFree(candidate)) taken.push(candidate);
    else rest.push(passedOver(candidate, its));
  }
  if (grade === "free") return arrange(taken).concat(rest);
  const recovery = new Map(
    candidates.map((one, index) => [one, standings[index]?.coolDown?.until]),
  );
  const until = (candidate: Candidate) => recovery.get(candidate) ?? 0;
  return taken.sort((a, b) => until(a) - until(b)).concat(rest);
}

/** The grade of those who are taken, if anybody is. */
function takenGrade(
  candidates: readonly Candidate[],
  standings: readonly Standing[],
): Grade | undefined {
  const best = bestFirst.find((grade) =>
    standings.some((one, index) => one.grade === grade && isFree(candidates[index]!)),
  );
  return best === "limited" ? undefined : best;
}

const bestFirst: readonly Grade[] = ["free", "shaky", "limited", "faulty"];

/** Another plugin's reason stays; the time of recovery is added where only this plugin knows it. */
function passedOver(candidate: Candidate, { coolDown }: Standing): Candidate {
  const given = candidate.passedOver;
  if (coolDown === undefined || given?.until !== undefined) return candidate;
  const { reason = coolDown.reason } = given ?? {};
  return { ...candidate, passedOver: { reason, until: coolDown.until } };
}

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

const offsetBasis = 0x811c9dc5;

/** FNV-1a over UTF-16 units, going on from `seed`. Source: https://datatracker.ietf.org/doc/draft-eastlake-fnv/ */
function fnv(text: string, seed: number): number {
  let hash = seed;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash;
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
