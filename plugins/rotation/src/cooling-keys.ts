import { type Account, type FailureKind, remember } from "@agproxy/core";
import type { CoolDowns, CoolingKey } from "./cool-downs.ts";

/**
 * How an account stands that failed lately.
 * - `shaky`: it failed a moment ago for a reason that passes; used where nobody is free.
 * - `waiting`: not before its time.
 * - `faulty`: it could not do this lately; used only where no account could, so that the client sees why.
 */
type FaultGrade = "shaky" | "waiting" | "faulty";

/** The worst first. */
const grades = [
  ["suspended", "waiting"],
  ["rejected", "faulty"],
  ["forbidden", "faulty"],
  ["unknown-model", "faulty"],
  ["limited", "waiting"],
  ["overloaded", "waiting"],
  ["transient", "shaky"],
] as const satisfies readonly (readonly [FailureKind, FaultGrade])[];

/** What a failure cools: after a rate limit the quota, after any other failure the account; for all models where it is the account's own. */
export function coolingKey(kind: FailureKind, account: Account, model: string): CoolingKey {
  return keyOf(account, whatCools(kind, model));
}

/** The word for what cools of an account, and of a quota where that cools in its place. */
interface WhatCools {
  readonly own: string;
  readonly shared?: string;
}

function whatCools(kind: FailureKind, model: string): WhatCools {
  if (kind === "rejected" || kind === "suspended") return { own: kind };
  const own = `${kind}\n${model}`;
  // "group" keeps a shared quota apart from an account whose id is the same word.
  return kind === "limited" ? { own, shared: `${kind} group\n${model}` } : { own };
}

function keyOf({ id, quotaGroup }: Account, { own, shared }: WhatCools): CoolingKey {
  return quotaGroup === undefined || shared === undefined
    ? { owner: id, what: own }
    : { owner: quotaGroup, what: shared };
}

/** One thing that may cool of an account, for a model. */
export interface Watched {
  readonly key: CoolingKey;
  readonly kind: FailureKind;
  readonly grade: FaultGrade;
}

/** How many models' keys are cached. */
const maxCachedModels = 1000;

const whatFor = remember(maxCachedModels, (model) =>
  grades.map(([kind, grade]) => ({ kind, grade, what: whatCools(kind, model) })),
);

const nothing: readonly Watched[] = [];

/** All that may cool of an account for a model, the worst first; nothing where nothing is known of it. */
export function watchedOf(
  account: Account,
  model: string,
  coolDowns: CoolDowns,
): readonly Watched[] {
  const { id, quotaGroup } = account;
  const mayCool = coolDowns.has(id) || (quotaGroup !== undefined && coolDowns.has(quotaGroup));
  if (!mayCool) return nothing;
  return whatFor(model).map(({ kind, grade, what }) => ({
    kind,
    grade,
    key: keyOf(account, what),
  }));
}

/** The model in a word for what cools; undefined where it is all of an account's. */
export function modelOf(what: string): string | undefined {
  const end = what.indexOf("\n");
  return end === -1 ? undefined : what.slice(end + 1);
}
