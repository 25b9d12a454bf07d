import type { Period } from "./limit-kinds.ts";

/** A span of time in which a limit counts; milliseconds since the epoch. */
export interface Window {
  readonly start: number;
  readonly end: number;
}

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/** The minute, the day or the month of a moment, in UTC: every process cuts time at the same places. */
export function windowOf(period: Period, now: number): Window {
  if (period === "month") {
    const date = new Date(now);
    const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
    return { start: Date.UTC(year, month), end: Date.UTC(year, month + 1) };
  }
  const length = period === "minute" ? minuteMs : dayMs;
  const start = Math.floor(now / length) * length;
  return { start, end: start + length };
}
