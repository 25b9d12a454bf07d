import { duration } from "@agproxy/core";
import type { ErrorDetails } from "./error-details.ts";

const hourMs = 3_600_000;

/** Whether the exhausted quota comes back only the next day, or later. */
export function isLongQuota(details: ErrorDetails): boolean {
  return isDaily(details) || details.reasons.includes("QUOTA_EXHAUSTED");
}

/**
 * Milliseconds until a quota is back, if the error says so. `RetryInfo` often gives the wait for the quota per
 * minute, so a short one is ignored where a daily quota is exhausted.
 */
export function quotaWait(
  details: ErrorDetails,
  header: number | undefined,
  now: number,
): number | undefined {
  const reset = resetWait(details, now);
  if (reset !== undefined) return reset;
  const advised = optionalDuration(details.retryDelay) ?? header ?? messageWait(details.message);
  if (!isDaily(details)) return advised;
  return advised !== undefined && advised >= hourMs ? advised : untilPacificMidnight(now);
}

function isDaily({ quotas }: ErrorDetails): boolean {
  return quotas.some((quota) => /per_?day/i.test(quota));
}

function resetWait(details: ErrorDetails, now: number): number | undefined {
  const { quotaResetDelay, quotaResetTime } = details;
  const delay = optionalDuration(quotaResetDelay);
  if (delay !== undefined) return delay;
  return quotaResetTime === undefined ? undefined : until(quotaResetTime, now);
}

function optionalDuration(text: string | undefined): number | undefined {
  return text === undefined ? undefined : duration(text);
}

/** The wait in the message's words: "Please retry in 34.4s", "Resets in 9h22m20s". */
function messageWait(message: string): number | undefined {
  const [, text] = /\b(?:retry in|resets? (?:in|after)) ([\d.hmsµun]{1,64})\b/i.exec(message) ?? [];
  return optionalDuration(text);
}

/** Milliseconds until a point in time, 0 where it has passed. */
function until(time: string, now: number): number | undefined {
  const at = Date.parse(time);
  return Number.isNaN(at) ? undefined : Math.max(at - now, 0);
}

/** Created on first use: it is expensive, and few quotas are ever exhausted. */
let clock: Intl.DateTimeFormat | undefined;
const pacificClock = () =>
  (clock ??= new Intl.DateTimeFormat("en-US", {
    timeZone: "America/Los_Angeles",
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  }));

/**
 * Milliseconds until the next midnight in California, when Google resets what it counts by the day.
 * Source: https://ai.google.dev/gemini-api/docs/rate-limits
 */
export function untilPacificMidnight(now: number): number {
  const { year, month, day } = wallTime(now);
  const midnight = Date.UTC(year, month - 1, day + 1);
  // Computed twice: daylight saving may begin or end before midnight.
  let at = midnight - offset(now);
  at = midnight - offset(at);
  return at - now;
}

/** How far the Pacific clock is from UTC, in milliseconds. */
function offset(time: number): number {
  const { year, month, day, hour, minute, second } = wallTime(time);
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(time / 1000) * 1000;
}

function wallTime(time: number) {
  const parts = new Map(
    pacificClock()
      .formatToParts(time)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
  return {
    year: part("year"),
    month: part("month"),
    day: part("day"),
    hour: part("hour"),
    minute: part("minute"),
    second: part("second"),
  };
}
