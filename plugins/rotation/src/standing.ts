import type { Account } from "agproxy";
import type { CoolDown, CoolDowns } from "./cool-downs.ts";
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

/** Model names as keys: upper case and the `models/` of Google's full names make no other model. */
export function modelKey(model: string): string {
  return model
    .trim()
    .toLowerCase()
    .replace(/^models\//, "");
}

/** What a failure cools: the quota for a limit, the account otherwise; for all models where its credentials failed. */
export function coolDownKey(kind: FailureKind, account: Account, model: string): string {
  if (kind === "rejected") return `${kind}\n${account.id}`;
  // The model comes last: it is the only piece that a client writes.
  return kind === "limited" && account.quotaGroup !== undefined
    ? `${kind} group\n${account.quotaGroup}\n${model}`
    : `${kind}\n${account.id}\n${model}`;
}

const grades = [
  ["rejected", "faulty"],
  ["forbidden", "faulty"],
  ["unknown-model", "faulty"],
  ["limited", "limited"],
  ["transient", "shaky"],
] as const satisfies readonly (readonly [FailureKind, Grade])[];

/** How an account stands at `now`, by the worst that is known of it. */
export function standing(
  account: Account,
  model: string,
  coolDowns: CoolDowns,
  now: number,
): Standing {
  if (coolDowns.empty) return free;
  for (const [kind, grade] of grades) {
    const coolDown = coolDowns.active(coolDownKey(kind, account, model), now);
    if (coolDown !== undefined) return { grade, coolDown };
  }
  return free;
}

/** Every key under which an account may be cooling for a model. */
export function allKeys(account: Account, model: string): readonly string[] {
  return grades.map(([kind]) => coolDownKey(kind, account, model));
}
