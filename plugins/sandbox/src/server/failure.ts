import { type GoogleError, googleError, invalidArgument, invalidKey } from "./google-error.ts";

/** Ways in which the sandbox can fail, each as the real API does. */
export type Failure = (typeof failures)[number];

export const failures = [
  /** 429 with RetryInfo and a limit per minute. */
  "rate-limit",
  /** 429 with RetryInfo and a limit per day. */
  "quota",
  /** 503, the model has no capacity. */
  "overloaded",
  /** 500. */
  "server-error",
  /** 400 API_KEY_INVALID. */
  "unauthorized",
  /** 403. */
  "forbidden",
  /** 400 that names thought signatures. */
  "signature",
  /** The connection breaks in the middle of the answer. */
  "cut",
  /** The answer ends properly and without a finishReason. */
  "no-finish",
  /** A bare JSON error after good events; a 503 where the answer is not streamed. */
  "error-in-stream",
  /** Nothing is ever sent. */
  "stall",
  /** Half of the answer is sent, and nothing more. */
  "stall-midway",
  /** finishReason MALFORMED_FUNCTION_CALL with no content. */
  "malformed-call",
  /** finishReason STOP with no content. */
  "empty",
  /** The prompt is blocked: promptFeedback and no candidates. */
  "blocked",
] as const;

/** The error that replaces the answer. Undefined for a failure that shapes the answer, and for none. */
export function errorFor(
  failure: Failure | undefined,
  model: string,
  retryDelay: string,
): GoogleError | undefined {
  switch (failure) {
    case "rate-limit":
      return exhausted("GenerateRequestsPerMinutePerProjectPerModel-FreeTier", model, retryDelay);
    case "quota":
      return exhausted("GenerateRequestsPerDayPerProjectPerModel-FreeTier", model, retryDelay);
    case "overloaded":
      return googleError(503, "The model is overloaded. Please try again later.");
    case "server-error":
      return googleError(
        500,
        "An internal error has occurred. Please retry or report in https://developers.generativeai.google/guide/troubleshooting",
      );
    case "unauthorized":
      return invalidKey();
    case "forbidden":
      return disabledApi();
    case "signature":
      return invalidArgument("Corrupted thought signature.");
    case undefined:
    case "cut":
    case "no-finish":
    case "error-in-stream":
    case "stall":
    case "stall-midway":
    case "malformed-call":
    case "empty":
    case "blocked":
      return undefined;
  }
}

/** Daily limits come with a short RetryInfo as well: only the quotaId tells how long to wait. */
function exhausted(quotaId: string, model: string, retryDelay: string): GoogleError {
  return googleError(
    429,
    "You exceeded your current quota, please check your plan and billing details. For more information on this error, head to: https://ai.google.dev/gemini-api/docs/rate-limits.",
    [
      {
        "@type": "type.googleapis.com/google.rpc.Help",
        links: [
          {
            description: "Learn more about Gemini API quotas",
            url: "https://ai.google.dev/gemini-api/docs/rate-limits",
          },
        ],
      },
      {
        "@type": "type.googleapis.com/google.rpc.QuotaFailure",
        violations: [
          {
            quotaMetric: "generativelanguage.googleapis.com/generate_content_free_tier_requests",
            quotaId,
            quotaDimensions: { location: "global", model },
          },
        ],
      },
      { "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay },
    ],
  );
}

function disabledApi(): GoogleError {
  return googleError(
    403,
    "Generative Language API has not been used in project sandbox before or it is disabled.",
    [
      {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        reason: "SERVICE_DISABLED",
        domain: "googleapis.com",
        metadata: {
          service: "generativelanguage.googleapis.com",
          consumer: "projects/sandbox",
        },
      },
    ],
  );
}
