import { countIn, type Quota } from "@agproxy/core";
import { header, until, type WaitHeaders } from "./errors/retry-wait.ts";

const limits = [
  { suffix: "-requests", limit: "requests" },
  { suffix: "-tokens", limit: "tokens" },
  // OpenRouter's, which says not what it counts.
  { suffix: "", limit: undefined },
] as const;

/**
 * What the headers of an answer say of what is left for a model. Most servers send none of them.
 * Source: https://platform.openai.com/docs/guides/rate-limits#rate-limits-in-headers
 */
export function rateQuotas(headers: WaitHeaders, models: string, now: number): readonly Quota[] {
  const told: Quota[] = [];
  for (const { suffix, limit } of limits) {
    const remaining = count(headers[`x-ratelimit-remaining${suffix}`]);
    const all = remaining === undefined ? undefined : count(headers[`x-ratelimit-limit${suffix}`]);
    if (remaining === undefined || all === undefined || all === 0) continue;
    const wait = until(header(headers, `x-ratelimit-reset${suffix}`), now);
    told.push({
      models,
      ...(limit === undefined ? {} : { limit }),
      left: Math.min(1, remaining / all),
      ...(wait === undefined ? {} : { resetsAt: now + wait }),
      learntAt: now,
    });
  }
  return told;
}

function count(value: string | readonly string[] | undefined): number | undefined {
  return typeof value === "string" && value.trim() !== "" ? countIn(Number(value)) : undefined;
}
