import { type Account, type Candidate, isFree, remember } from "@agproxy/core";
import type { CoolDown, CoolDowns, CoolingKey } from "./cool-downs.ts";
import type { FailureKind } from "./failure-kind.ts";

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

/**
 * How an account stands for a model.
 * - `free`: nothing speaks against it.
 * - `shaky`: it failed a moment ago for a reason that passes; used where nobody is free.
 * - `limited`: not before its time.
 * - `faulty`: it could not do this lately; used only where no account could, so that the client sees why.
 */
type Grade = "free" | "shaky" | "limited" | "faulty";

export interface Standing {
  readonly grade: Grade;
  readonly coolDown?: CoolDown;
}

const free: Standing = { grade: "free" };

/** A model name as a key: case and Google's `models/` prefix make no difference. */
export function modelKey(model: string): string {
  return model
    .trim()
    .toLowerCase()
    .replace(/^models\//, "");
}

/** What a failure cools: after a rate limit the quota, after any other failure the account; for all models where the credentials failed. */
export function coolingKey(kind: FailureKind, account: Account, model: string): CoolingKey {
  return keyOf(account, whatCools(kind, model));
}

/** The word for what cools of an account, and of a quota where that cools in its place. */
interface WhatCools {
  readonly own: string;
  readonly shared?: string;
}

function whatCools(kind: FailureKind, model: string): WhatCools {
  if (kind === "rejected") return { own: kind };
  const own = `${kind}\n${model}`;
  // "group" keeps a shared quota apart from an account whose id is the same word.
  return kind === "limited" ? { own, shared: `${kind} group\n${model}` } : { own };
}

function keyOf({ id, quotaGroup }: Account, { own, shared }: WhatCools): CoolingKey {
  return quotaGroup === undefined || shared === undefined
    ? { owner: id, what: own }
    : { owner: quotaGroup, what: shared };
}

const grades = [
  ["rejected", "faulty"],
  ["forbidden", "faulty"],
  ["unknown-model", "faulty"],
  ["limited", "limited"],
  ["transient", "shaky"],
] as const satisfies readonly (readonly [FailureKind, Grade])[];

/** How many models' keys are cached. */
const maxCachedModels = 1000;

const gradesFor = remember(maxCachedModels, (model) =>
  grades.map(([kind, grade]) => [whatCools(kind, model), grade] as const),
);

/** How accounts stand for a model at `now`, each by the worst that is known of it. */
export function standings(
  model: string,
  coolDowns: CoolDowns,
  now: number,
): (account: Account) => Standing {
  const known = gradesFor(model);
  return (account) => {
    if (!mayCool(account, coolDowns)) return free;
    for (const [what, grade] of known) {
      const coolDown = coolDowns.active(keyOf(account, what), now);
      if (coolDown !== undefined) return { grade, coolDown };
    }
    return free;
  };
}

/** Ends an account's rows of failures for a model after a success. */
export function forgive(account: Account, model: string, coolDowns: CoolDowns, now: number): void {
  if (!mayCool(account, coolDowns)) return;
  for (const [what] of gradesFor(model)) coolDowns.forgive(keyOf(account, what), now);
}

function mayCool({ id, quotaGroup }: Account, coolDowns: CoolDowns): boolean {
  return coolDowns.has(id) || (quotaGroup !== undefined && coolDowns.has(quotaGroup));
}
