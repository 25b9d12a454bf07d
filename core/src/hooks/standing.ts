import { failureKind, type FailureKind } from "./failure-kind.ts";
import type { Candidate } from "./stages.ts";

/**
 * How an account stands, in one word that `GET /readyz`, the list of a 429, `agproxy check` and `agproxy accounts test` share.
 * - `free`: nothing speaks against it.
 * - `busy`: it has no room now, or another request tries it out.
 * - `cooling`: not before a certain time.
 * - `shaky`: it failed a moment ago for a reason that passes.
 * - `faulty`: its key is rejected, or it cannot do this.
 * - `suspended`: somebody has to act before it works again.
 * - `disabled`: somebody has taken it out.
 * - `unfit`: a plugin does not want it for this request.
 */
export type Standing =
  | "free"
  | "busy"
  | "cooling"
  | "shaky"
  | "faulty"
  | "suspended"
  | "disabled"
  | "unfit";

const afterFailure: Readonly<Record<FailureKind, Standing>> = {
  limited: "cooling",
  overloaded: "cooling",
  transient: "shaky",
  rejected: "faulty",
  suspended: "suspended",
  forbidden: "faulty",
  "unknown-model": "faulty",
  malformed: "shaky",
  final: "unfit",
};

/**
 * How a candidate stands.
 *
 * @example
 * hooks.selectAccount.tap("mine", (candidates) => candidates.filter((one) => standingOf(one) !== "shaky"));
 */
export function standingOf({ account, passedOver }: Candidate): Standing {
  if (account.disabled === true) return "disabled";
  if (passedOver === undefined) return "free";
  const { isBusy, error, until } = passedOver;
  if (isBusy === true) return "busy";
  if (error !== undefined) return afterFailure[failureKind(error.code)];
  return until === undefined ? "unfit" : "cooling";
}

/**
 * When the first of these candidates is expected back, in milliseconds since the epoch; undefined where nobody knows of any.
 *
 * @example
 * hooks.awaitAccount.tap("hurry", (candidates) => {
 *   const isSoon = (firstRecovery(candidates) ?? Infinity) < Date.now() + 1000;
 *   return isSoon ? undefined : "small-model";
 * });
 */
export function firstRecovery(candidates: readonly Candidate[]): number | undefined {
  let first = Infinity;
  for (const { passedOver } of candidates) first = Math.min(first, passedOver?.until ?? Infinity);
  return first === Infinity ? undefined : first;
}

/** A standing with its end and its reason, for people: `cooling until 2026-01-01T00:00:00.000Z: The quota is used up.` */
export function standingText(candidate: Candidate): string {
  const standing = standingOf(candidate);
  const { passedOver } = candidate;
  if (passedOver === undefined || standing === "disabled") return standing;
  const { reason, until } = passedOver;
  const time = until === undefined ? "" : ` until ${new Date(until).toISOString()}`;
  return `${standing}${time}: ${reason}`;
}
