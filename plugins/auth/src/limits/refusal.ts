import { AgproxyError, type Caller, type Exchange } from "@agproxy/core";
import type { Amounts } from "./counter.ts";
import { InsufficientQuota } from "./errors.ts";
import type { Unit } from "./limit-kinds.ts";
import { durationText, type Standing } from "./rate-headers.ts";

const longestRetryMs = 60_000;

/** The refusal of a request that would go over limits. `requested` is what it was taken to need. */
export function overLimit(
  { caller, incoming }: Pick<Exchange, "caller" | "incoming">,
  over: readonly Standing[],
  requested: Amounts,
  now: number,
): AgproxyError {
  // The limit whose window is open longest: before its end every other try fails.
  const [standing] = over.toSorted((a, b) => b.counter.window.end - a.counter.window.end);
  if (standing === undefined) throw new TypeError("no limit is reached");
  const { kind, limit, window } = standing.counter;
  const asked = requested[kind.unit];
  const retryAfter = window.end - now;
  // OpenAI's SDKs wait as long as `Retry-After` says only up to a minute, and else try again within seconds.
  if (asked > limit || retryAfter > longestRetryMs) incoming.setHeader("x-should-retry", "false");
  const amounts = `Limit ${amount(limit, kind.unit)}, Used ${amount(standing.used, kind.unit)}, Requested ${amount(asked, kind.unit)}.`;
  const whose = `the API key "${caller.name}" on ${kind.text}: ${amounts}`;
  if (asked > limit) {
    const advice = "Send less at once, or name a smaller limit for the answer.";
    return refuse(kind.isBudget, `Request too large for ${whose}`, { advice });
  }
  const again = kind.isBudget
    ? `It begins anew on ${new Date(window.end).toISOString()}.`
    : `Please try again in ${durationText(retryAfter)}.`;
  const what = kind.isBudget ? "You exceeded your current quota for" : "Rate limit reached for";
  return refuse(kind.isBudget, `${what} ${whose} ${again}`, {
    retryAfter,
    ...(kind.isBudget ? {} : { advice: "" }),
  });
}

function refuse(
  isBudget: boolean,
  message: string,
  options: { readonly advice?: string; readonly retryAfter?: number },
): AgproxyError {
  return isBudget
    ? new InsufficientQuota(message, options)
    : new AgproxyError("rate_limit_exceeded", message, options);
}

function amount(count: number, unit: Unit): string {
  return unit === "money" ? (count / 1e6).toFixed(4) : String(count);
}

/** The refusal of a model that a key may not use, in OpenAI's words. */
export function modelForbidden({ name }: Caller, model: string): AgproxyError {
  return new AgproxyError(
    "model_not_found",
    `The API key "${name}" does not have access to model \`${model}\`.`,
    {
      status: 403,
      param: "model",
      advice: "The list of models has those it may use.",
    },
  );
}
