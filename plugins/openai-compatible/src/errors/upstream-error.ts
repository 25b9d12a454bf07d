import { AgproxyError, type ErrorCode, pageText, withoutSecrets } from "@agproxy/core";
import { errorDetails, type ErrorDetails } from "./error-details.ts";
import { messageWait, repeatedHeaders, retryWait, type WaitHeaders } from "./retry-wait.ts";

/** An error answer as it arrived. */
export interface FailedAnswer {
  /** The HTTP status. Absent for an error in the middle of a good answer: there the body's own counts. */
  readonly status?: number;
  readonly headers?: WaitHeaders;
  /** Text, or parsed JSON. */
  readonly body: unknown;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Words that must not be shown, such as the account's key. */
  readonly secrets?: readonly string[];
  /** Whether the server's messages end with advice, as agproxy's do. */
  readonly isAdvised?: boolean;
}

const maxMessageLength = 2000;

/** The error that a server's answer stands for. Source: https://platform.openai.com/docs/guides/error-codes */
export function upstreamError(answer: FailedAnswer): AgproxyError {
  const details = errorDetails(answer.body);
  const status = answer.status ?? details?.status;
  const code = errorCode(status ?? 500, details, status === undefined);
  const wait = waitOf(code, details, answer);
  const [reason] = details?.words ?? [];
  return new AgproxyError(code, messageOf(status, details, answer), {
    ...(code === "upstream_rejected" && (status === 413 || status === 422) ? { status } : {}),
    ...(wait === undefined ? {} : { retryAfter: wait }),
    ...(code === "upstream_unreadable" && status === 404 ? { advice: pathAdvice } : {}),
    ...(answer.isAdvised === true && details !== undefined ? { advice: "" } : {}),
    details: {
      ...(status === undefined ? {} : { upstream_status: status }),
      ...(reason === undefined ? {} : { reason }),
    },
  });
}

const pathAdvice = "Check the account's `baseUrl`: on most servers it ends in /v1.";

/** Codes that speak for themselves, whatever the status. */
const codes: readonly (readonly [RegExp, ErrorCode])[] = [
  [
    /^(?:context_length_exceeded|exceed_context_size_error|string_above_max_length)$/,
    "context_length_exceeded",
  ],
  [
    /^(?:insufficient_quota|billing_hard_limit_reached|billing_not_active|insufficient_balance|exceeded_current_quota_error)$/,
    "quota_exhausted",
  ],
  [/^(?:invalid_api_key|account_deactivated|invalid_authentication_error)$/, "account_rejected"],
  [/^(?:model_not_found|model_not_available|invalid_model)$/, "model_not_found"],
  [
    /^(?:engine_overloaded_error|overloaded_error|overloaded|model_overloaded)$/,
    "model_overloaded",
  ],
  // Codes of agproxy, where one stands behind another.
  [/^(?:pool_exhausted|caller_limit_reached)$/, "rate_limit_exceeded"],
  [/^malformed_tool_call$/, "malformed_tool_call"],
];

/** In the middle of a stream a word may be all there is. */
const streamCodes: readonly (readonly [RegExp, ErrorCode])[] = [
  [/^(?:rate_limit_exceeded|rate_limit_error|too_many_requests)$/, "rate_limit_exceeded"],
  [/^(?:quota_exhausted)$/, "quota_exhausted"],
  [/^(?:authentication_error|account_rejected)$/, "account_rejected"],
  [/^(?:permission_error|account_forbidden)$/, "account_forbidden"],
  [/^(?:upstream_cut)$/, "upstream_cut"],
  [/^(?:upstream_timeout|request_timeout|timeout)$/, "upstream_timeout"],
  [/^(?:unavailable_error|upstream_unavailable|service_unavailable)$/, "upstream_unavailable"],
  [/^(?:invalid_request_error|badrequesterror)$/, "upstream_rejected"],
];

function errorCode(
  status: number,
  details: ErrorDetails | undefined,
  isInStream: boolean,
): ErrorCode {
  const table = isInStream ? [...codes, ...streamCodes] : codes;
  const words = details?.words ?? [];
  for (const [form, code] of table) if (words.some((word) => form.test(word))) return code;
  return byStatus(status, details);
}

function byStatus(status: number, details: ErrorDetails | undefined): ErrorCode {
  switch (status) {
    case 401:
      return "account_rejected";
    case 402:
      return "quota_exhausted";
    case 403:
      return isModeration(details) ? "upstream_rejected" : "account_forbidden";
    case 404:
      return missing(details);
    case 408:
    case 504:
    case 524:
      return "upstream_timeout";
    case 429:
      return "rate_limit_exceeded";
    case 503:
    case 529:
      return isOverload(status, details) ? "model_overloaded" : "upstream_unavailable";
    default:
      if (status >= 400 && status < 499) return refusal(details);
      return status < 400 && details === undefined ? "upstream_unreadable" : "upstream_failed";
  }
}

/** OpenRouter refuses what a filter flagged with 403: the request is at fault, not the account. */
function isModeration(details: ErrorDetails | undefined): boolean {
  const { reasons, flagged_input: flagged } = details?.metadata ?? {};
  return Array.isArray(reasons) || flagged !== undefined;
}

/** A 404 that is no JSON, or names the path, does not come from the API. */
function missing(details: ErrorDetails | undefined): ErrorCode {
  const isPath = /^(?:not found|file not found|invalid url|unknown (?:url|request url))\b/i;
  if (details === undefined || isPath.test(details.message)) return "upstream_unreadable";
  return "model_not_found";
}

function isOverload(status: number, details: ErrorDetails | undefined): boolean {
  return status === 529 || /overloaded|high demand|capacity/i.test(details?.message ?? "");
}

/**
 * The message may quote the request, so what is read from it speaks of that request only. Servers without a code for it:
 * Ollama, vLLM, LM Studio, OpenRouter.
 */
function refusal(details: ErrorDetails | undefined): ErrorCode {
  const { message: text = "" } = details ?? {};
  if (unknownModel.test(text)) return "model_not_found";
  return tooLong.test(text) ? "context_length_exceeded" : "upstream_rejected";
}

const unknownModel =
  /^\S{1,200} is not a valid model ID|^(?:the )?model `?[^`\s]{1,200}`? (?:does not exist|not found)/i;
const tooLong =
  /maximum context length|context (?:length|window|size)|exceeds? the (?:available|maximum) context|prompt is too long|too many tokens/i;

function waitOf(
  code: ErrorCode,
  details: ErrorDetails | undefined,
  { headers = {}, now }: FailedAnswer,
): number | undefined {
  if (!waits.has(code)) return undefined;
  const { metadata = {}, message = "" } = details ?? {};
  return (
    retryWait(headers, now) ?? retryWait(repeatedHeaders(metadata), now) ?? messageWait(message)
  );
}

/** Errors that pass. */
const waits: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "rate_limit_exceeded",
  "quota_exhausted",
  "model_overloaded",
  "upstream_unavailable",
  "upstream_failed",
  "upstream_timeout",
]);

function messageOf(
  status: number | undefined,
  details: ErrorDetails | undefined,
  { body, secrets = [] }: FailedAnswer,
): string {
  const own = details?.message ?? (typeof body === "string" ? pageText(body) : "");
  const told = status === undefined ? "an error" : `status ${status}`;
  const text = own === "" ? `The server answered with ${told}.` : own;
  return withoutSecrets(text, secrets)
    .replaceAll(/\bsk-[\w-]{16,}/g, "[secret]")
    .slice(0, maxMessageLength);
}
