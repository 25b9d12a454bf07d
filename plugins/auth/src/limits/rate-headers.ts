import type { Incoming } from "@agproxy/core";
import type { Counter } from "./counter.ts";

/** A counter, and what stands in it. */
export interface Standing {
  readonly counter: Counter;
  readonly used: number;
}

/**
 * Tells a client where it stands, as OpenAI does. Of several limits of one unit it gets the one of which least is left.
 *
 * Source: https://platform.openai.com/docs/guides/rate-limits#rate-limits-in-headers
 */
export function setRateHeaders(
  incoming: Incoming,
  standings: readonly Standing[],
  now: number,
): void {
  for (const unit of ["requests", "tokens"] as const) {
    let tightest: Standing | undefined;
    for (const standing of standings) {
      if (standing.counter.kind.unit !== unit) continue;
      if (tightest === undefined || left(standing) < left(tightest)) tightest = standing;
    }
    if (tightest === undefined) continue;
    const { limit, window } = tightest.counter;
    incoming.setHeader(`x-ratelimit-limit-${unit}`, String(limit));
    incoming.setHeader(`x-ratelimit-remaining-${unit}`, String(left(tightest)));
    incoming.setHeader(`x-ratelimit-reset-${unit}`, durationText(window.end - now));
  }
}

function left({ counter, used }: Standing): number {
  return Math.max(0, counter.limit - used);
}

const seconds = { h: 3600, m: 60, s: 1 } as const;

/** A time as OpenAI writes it: `6m0s`, `1s`. Rounded up, so that whoever waits so long does not come too early. */
export function durationText(ms: number): string {
  let rest = Math.ceil(ms / 1000);
  let text = "";
  for (const [unit, length] of Object.entries(seconds)) {
    const count = Math.floor(rest / length);
    rest -= count * length;
    if (count > 0 || text !== "" || unit === "s") text += `${count}${unit}`;
  }
  return text;
}
