import { duration, type JsonObject, objectIn, retryAfterHeader, wordIn } from "@agproxy/core";

/** The head of an answer, or what a body repeats of another's. */
export type WaitHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * Milliseconds until another try can succeed, if the server says so: `retry-after-ms`, `Retry-After`, then the reset of
 * what is used up.
 * Source: https://platform.openai.com/docs/guides/rate-limits#rate-limits-in-headers
 */
export function retryWait(headers: WaitHeaders, now: number): number | undefined {
  const inMs = Number(header(headers, "retry-after-ms") ?? Number.NaN);
  if (Number.isFinite(inMs) && inMs >= 0) return Math.ceil(inMs);
  return retryAfterHeader(header(headers, "retry-after"), now) ?? resetWait(headers, now);
}

const counted = ["requests", "tokens"];

function resetWait(headers: WaitHeaders, now: number): number | undefined {
  const waits = counted.flatMap((what) => {
    const wait = until(header(headers, `x-ratelimit-reset-${what}`), now);
    const isUsedUp = header(headers, `x-ratelimit-remaining-${what}`) === "0";
    return wait === undefined ? [] : [{ wait, isUsedUp }];
  });
  const usedUp = waits.filter(({ isUsedUp }) => isUsedUp);
  // A request may need more tokens than are left; requests are counted one by one.
  const told = usedUp.length > 0 ? usedUp : waits.slice(-1);
  if (told.length > 0) return Math.max(...told.map(({ wait }) => wait));
  return until(header(headers, "x-ratelimit-reset"), now);
}

const yearMs = 31_536_000_000;

/** A time to wait, in any of the forms there are: a Go duration, seconds, or a point in time in seconds or milliseconds. */
export function until(text: string | undefined, now: number): number | undefined {
  if (text === undefined || text.trim() === "") return undefined;
  const number = Number(text);
  if (!Number.isFinite(number)) return duration(text) ?? retryAfterHeader(text, now);
  if (number > now - yearMs) return Math.max(number - now, 0);
  if (number * 1000 > now - yearMs) return Math.max(number * 1000 - now, 0);
  return Math.ceil(Math.max(number, 0) * 1000);
}

/** A header's value; the first where it was sent twice. */
export function header(headers: WaitHeaders, name: string): string | undefined {
  const value = headers[name];
  return typeof value === "string" ? value : value?.[0];
}

/** The headers of the provider behind OpenRouter, which it repeats in the body. */
export function repeatedHeaders(metadata: JsonObject): WaitHeaders {
  const entries = Object.entries(objectIn(metadata["headers"]) ?? {}).slice(0, 32);
  return Object.fromEntries(entries.map(([name, value]) => [name.toLowerCase(), wordIn(value)]));
}

/** The wait in the message's words: "Please try again in 7.66s". */
export function messageWait(message: string): number | undefined {
  const [, text] = /\b(?:try again|retry) (?:in|after) ([\d.hmsµun]{1,64})\b/i.exec(message) ?? [];
  return text === undefined ? undefined : duration(text);
}
