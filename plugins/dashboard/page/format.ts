import { language, words } from "./words.ts";

const plain = new Intl.NumberFormat(language);
const short = new Intl.NumberFormat(language, { notation: "compact", maximumFractionDigits: 1 });
const clock = new Intl.DateTimeFormat(language, { timeStyle: "medium" });
const moment = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });
const day = new Intl.DateTimeFormat(language, { dateStyle: "medium" });
const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto", style: "short" });

/** 1,234 */
export const grouped = (count: number): string => plain.format(count);

/** 12.3K; small numbers as they are. */
export const compact = (count: number): string =>
  Math.abs(count) < 10_000 ? plain.format(Math.round(count * 10) / 10) : short.format(count);

export const percent = (part: number): string => `${Math.round(part * 100)} %`;

const { msUnit, secondUnit, minuteUnit, hourUnit, dayUnit } = words;

/** Milliseconds as `230 ms`, `1.4 s` or `2 min 5 s`. */
export function span(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ${msUnit}`;
  if (ms < 60_000)
    return `${(ms / 1000).toFixed(ms < 10_000 && ms % 1000 > 0 ? 1 : 0)} ${secondUnit}`;
  return countdown(ms);
}

/** What is left, in whole seconds: `42 s`, `3 min 5 s`, `2 h 10 min`, `3 d 4 h`. */
export function countdown(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  if (minutes === 0) return `${seconds} ${secondUnit}`;
  if (hours === 0) return both(minutes, minuteUnit, seconds % 60, secondUnit);
  if (hours < 48) return both(hours, hourUnit, minutes % 60, minuteUnit);
  return both(Math.floor(hours / 24), dayUnit, hours % 24, hourUnit);
}

function both(more: number, unit: string, less: number, lesserUnit: string): string {
  return less === 0 ? `${more} ${unit}` : `${more} ${unit} ${less} ${lesserUnit}`;
}

export const timeOf = (time: number): string => clock.format(time);

export const momentOf = (time: number | string): string => moment.format(new Date(time));

export const dayOf = (time: number | string): string => day.format(new Date(time));

/** How long ago something was. */
export function ago(time: number, now: number): string {
  const seconds = Math.round((time - now) / 1000);
  if (seconds > -60) return relative.format(Math.min(0, seconds), "second");
  if (seconds > -3600) return relative.format(Math.round(seconds / 60), "minute");
  if (seconds > -86_400) return relative.format(Math.round(seconds / 3600), "hour");
  return relative.format(Math.round(seconds / 86_400), "day");
}
