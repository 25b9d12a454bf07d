import { type Account, remember } from "@agproxy/core";
import type { CoolDown, CoolDowns, CoolingKey } from "./cool-downs.ts";
import type { FailureKind } from "./failure-kind.ts";

/**
 * How an account stands for a model.
 * - `free`: nothing speaks against it.
 * - `shaky`: it failed a moment ago for a reason that passes; used where nobody is free.
 * - `limited`: not before its time.
 * - `faulty`: it could not do this lately; used only where no account could, so that the client sees why.
 */
export type Grade = "free" | "shaky" | "limited" | "faulty";

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
