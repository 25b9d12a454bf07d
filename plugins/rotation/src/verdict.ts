import type { FailureKind, Verdict } from "@agproxy/core";

/** All that decides what comes after a failure. */
export interface Situation {
  readonly kind: FailureKind;
  /** Milliseconds after which the upstream says another try can succeed. */
  readonly retryAfterMs: number | undefined;
  /** How many attempts failed that cost something, this one included if it did, and how many may. */
  readonly costly: number;
  readonly attempts: number;
  /** Whether another account can take the request now. */
  readonly hasOthers: boolean;
  /** Whether this exchange has already gone back to this account. */
  readonly repeated: boolean;
  /** From 0 to 1: spreads the returns of clients that failed together. */
  readonly jitter: number;
}

/** A client is not kept waiting longer than this for the same account, in milliseconds. */
const waitLimitMs = 2000;

/** What to do about a failure; undefined means that the client is told. */
export function verdict(situation: Situation): Verdict | undefined {
  const { kind, retryAfterMs, costly, attempts, hasOthers, repeated, jitter } = situation;
  if (kind === "final" || costly >= attempts) return undefined;
  if (kind === "malformed") return repeated ? undefined : { retry: "same account" };
  // A refusal says only that this account is out. Where no other is free, the exchange waits for one.
  if (kind !== "transient") return { retry: "next account" };
  if (hasOthers) return { retry: "next account", after: 50 + Math.round(100 * jitter) };
  if (repeated) return undefined;
  return retryAfterMs === undefined
    ? { retry: "same account", after: 500 + Math.round(500 * jitter) }
    : wait(retryAfterMs, jitter);
}

/** Goes back to the same account when it is ready, if that is soon. */
function wait(retryAfterMs: number, jitter: number): Verdict | undefined {
  if (retryAfterMs > waitLimitMs) return undefined;
  return { retry: "same account", after: retryAfterMs + 50 + Math.round(200 * jitter) };
}
