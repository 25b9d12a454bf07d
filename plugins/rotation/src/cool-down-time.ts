import type { AgproxyError, FailureKind } from "@agproxy/core";

const secondMs = 1000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;

/** Node's timers take no longer delay: they fire at once. A misread header may ask for one. */
export const timerLimitMs = 2 ** 31 - 1;

/** No account rests longer for an overloaded model. */
export const overloadCeilingMs = minuteMs;

/** How long to cool where the upstream does not say. The time doubles with every failure in a row, up to `maxMs`. */
const backoff = {
  quota: { firstMs: 5 * minuteMs, maxMs: 60 * minuteMs },
  limited: { firstMs: 10 * secondMs, maxMs: 10 * minuteMs },
  overloaded: { firstMs: 2 * secondMs, maxMs: overloadCeilingMs },
  transient: { firstMs: 2 * secondMs, maxMs: 30 * secondMs },
  rejected: { firstMs: 5 * minuteMs, maxMs: 30 * minuteMs },
  suspended: { firstMs: 6 * hourMs, maxMs: 24 * hourMs },
  forbidden: { firstMs: 30 * secondMs, maxMs: 5 * minuteMs },
  "unknown-model": { firstMs: minuteMs, maxMs: 5 * minuteMs },
} as const;

/**
 * No account rests longer than this, whatever the upstream says: a misread or forged header would park it for weeks. A
 * daily quota ends at the vendor's midnight, at most a day and the hour of daylight saving away; a longer one is asked
 * again once a day.
 */
const upstreamDelayCeilingMs = { quota: 25 * hourMs, limited: hourMs } as const;

/** Short quotas are counted by the fraction of a second; a client's own clock is not. */
const shortestMs = 100;

/**
 * How long an account rests, in milliseconds, after `failuresInRow` earlier failures of the same kind in a row.
 * 0 for kinds that say nothing about the account.
 */
export function coolDownTime(
  kind: FailureKind,
  error: AgproxyError,
  failuresInRow: number,
): number {
  if (kind === "malformed" || kind === "final") return 0;
  const isQuota = error.code === "quota_exhausted";
  const { firstMs, maxMs } = backoff[isQuota ? "quota" : kind];
  const retryAfterMs = upstreamDelayMs(error);
  if (retryAfterMs === undefined)
    return Math.min(firstMs * 2 ** Math.min(failuresInRow, 16), maxMs);
  // A limit lasts as long as the upstream says; other faults may pass sooner.
  const ceilingMs =
    kind === "limited" ? upstreamDelayCeilingMs[isQuota ? "quota" : "limited"] : maxMs;
  return Math.min(Math.max(retryAfterMs, shortestMs), ceilingMs);
}

/** The upstream's own `Retry-After` in milliseconds, where it makes sense. */
export function upstreamDelayMs({ retryAfter }: AgproxyError): number | undefined {
  if (retryAfter === undefined || Number.isNaN(retryAfter) || retryAfter < 0) return undefined;
  return Math.min(retryAfter, timerLimitMs);
}
