import type { AgproxyError } from "@agproxy/core";
import type { FailureKind } from "./failure-kind.ts";

const second = 1000;
const minute = 60 * second;

/** Node fires a timer of a longer delay at once; a time from a wrongly read header may be as long. */
export const timerLimitMs = 2 ** 31 - 1;

/** How long to cool where the upstream does not say, doubled with every failure in a row, in milliseconds. */
const ladders = {
  quota: { first: 5 * minute, most: 60 * minute },
  limited: { first: 10 * second, most: 10 * minute },
  transient: { first: 2 * second, most: 30 * second },
  rejected: { first: 5 * minute, most: 30 * minute },
  forbidden: { first: 30 * second, most: 5 * minute },
  "unknown-model": { first: minute, most: 5 * minute },
} as const;

/**
 * Milliseconds that an account is to be left alone after `strikes` earlier failures of the same kind in
 * a row; 0 for kinds that say nothing about the account.
 */
export function coolDownTime(kind: FailureKind, error: AgproxyError, strikes: number): number {
  if (kind === "malformed" || kind === "final") return 0;
  const { first, most } = ladders[error.code === "quota_exhausted" ? "quota" : kind];
  const told = toldDelay(error);
  if (told === undefined) return Math.min(first * 2 ** Math.min(strikes, 16), most);
  // A limit lasts as long as the upstream says. Anything else may be over before that.
  return kind === "limited" ? Math.max(told, second) : Math.min(Math.max(told, second), most);
}

/** The upstream's own `Retry-After` in milliseconds, where it makes sense. */
export function toldDelay({ retryAfter }: AgproxyError): number | undefined {
  if (retryAfter === undefined || Number.isNaN(retryAfter) || retryAfter < 0) return undefined;
  return Math.min(retryAfter, timerLimitMs);
}
