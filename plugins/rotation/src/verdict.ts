import type { Verdict } from "@agproxy/core";
import type { FailureKind } from "./failure-kind.ts";

/** All that decides what comes after a failure. */
export interface Situation {
  readonly kind: FailureKind;
  /** Milliseconds after which the upstream says another try can succeed. */
  readonly retryAfterMs: number | undefined;
  /** Which attempt failed, from 1, and how many there may be. */
  readonly number: number;
  readonly attempts: number;
  /** How many other accounts can take the request now. */
  readonly others: number;
  /** Whether this exchange has already gone back to this account. */
  readonly repeated: boolean;
  /** From 0 to 1: spreads the returns of clients that failed together. */
  readonly jitter: number;
}

/** A client is not kept waiting longer than this for the same account, in milliseconds. */
const waitLimitMs = 2000;

/** What to do about a failure; undefined means that the client is told. */
export function verdict(situation: Situation): Verdict | undefined {
  const { kind, retryAfterMs, number, attempts, others, repeated, jitter } = situation;
  if (number >= attempts || kind === "final") return undefined;
  if (kind === "malformed") return repeated ? undefined : { retry: "same account" };
  if (others > 0) return { retry: "next account", after: gap(kind, jitter) };
  if (kind === "limited")
    return retryAfterMs === undefined ? undefined : wait(retryAfterMs, jitter);
  if (kind !== "transient" || repeated) return undefined;
  return retryAfterMs === undefined
    ? { retry: "same account", after: 500 + Math.round(500 * jitter) }
    : wait(retryAfterMs, jitter);
}

/** A short pause before the next account, so that a limit by IP address is not hit at full speed. */
function gap(kind: FailureKind, jitter: number): number {
  return kind === "limited" || kind === "transient" ? 50 + Math.round(100 * jitter) : 0;
}

/** Goes back to the same account when it is ready, if that is soon. */
function wait(retryAfterMs: number, jitter: number): Verdict | undefined {
  if (retryAfterMs > waitLimitMs) return undefined;
  return { retry: "same account", after: retryAfterMs + 50 + Math.round(200 * jitter) };
}
