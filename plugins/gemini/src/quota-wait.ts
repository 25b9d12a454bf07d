import type { ErrorDetails } from "./error-details.ts";
import { untilPacificMidnight } from "./pacific-midnight.ts";
import { duration, until } from "./retry-delay.ts";

const hour = 3_600_000;

/** Whether a quota is used up that comes back only the next day, or later. */
export function isLongQuota(details: ErrorDetails): boolean {
  return isDaily(details) || details.reasons.includes("QUOTA_EXHAUSTED");
}

/**
 * Milliseconds until a quota is back, as far as the error says. A daily quota's own reset time counts; the
 * `RetryInfo` beside it often tells the wait for the quota per minute, so a short one is not believed.
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
  return advised !== undefined && advised >= hour ? advised : untilPacificMidnight(now);
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

/** The wait as the message words it: "Please retry in 34.4s", "Resets in 9h22m20s". */
function messageWait(message: string): number | undefined {
  const [, text] = /\b(?:retry in|resets? (?:in|after)) ([\d.hmsµun]+[hs])\b/i.exec(message) ?? [];
  return optionalDuration(text);
}
