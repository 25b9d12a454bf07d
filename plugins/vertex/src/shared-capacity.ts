import { AgproxyError } from "@agproxy/core";

/**
 * The error of a call, with one change: a 429 that names no quota and no wait is the capacity that all customers share at that
 * place, and no fault of the account's.
 * Source: https://cloud.google.com/vertex-ai/generative-ai/docs/error-code-429
 */
export function withSharedCapacity(error: unknown): unknown {
  if (!(error instanceof AgproxyError) || error.code !== "rate_limit_exceeded") return error;
  const isQuota = error.details?.reason !== undefined || /\bquota\b/i.test(error.message);
  if (error.retryAfter !== undefined || isQuota) return error;
  return new AgproxyError("model_overloaded", error.message, {
    ...(error.details === undefined ? {} : { details: error.details }),
    advice: "Try again in a moment, or add an account with another `location`.",
  });
}
