import {
  AgproxyError,
  type ErrorCode,
  isObject,
  nativeErrors,
  pageText,
  parsedJson,
  retryAfterHeader,
  withoutSecrets,
} from "@agproxy/core";
import { wire } from "../native/wire.ts";
import { errorDetails, type ErrorDetails } from "./error-details.ts";
import { isLongQuota, quotaWait } from "./quota-wait.ts";

/** An error answer as it arrived. */
export interface FailedAnswer {
  /** The HTTP status. Absent for an error in the middle of a good answer: there the status in the body counts. */
  readonly status?: number;
  /** Text, or parsed JSON. */
  readonly body: unknown;
  readonly retryAfter?: string | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Words that must not be shown, such as the account's key. */
  readonly secrets?: readonly string[];
}

const maxMessageLength = 2000;

/** No error of Google's is longer. */
const maxOwnLength = 16 * 1024;

/** The error that an upstream's answer stands for. Source: https://ai.google.dev/gemini-api/docs/troubleshooting */
export function upstreamError(answer: FailedAnswer): AgproxyError {
  const details = errorDetails(answer.body);
  const status = answer.status ?? details?.status ?? 500;
  const code = errorCode(status, details);
  const wait = retryAfter(code, status, details, answer);
  const [reason] = details?.reasons ?? [];
  const error = new AgproxyError(code, message(status, details, answer), {
    ...(code === "upstream_rejected" && (status === 413 || status === 422) ? { status } : {}),
    ...(wait === undefined ? {} : { retryAfter: wait }),
    details: { upstream_status: status, ...(reason === undefined ? {} : { reason }) },
  });
  const body = details === undefined ? undefined : ownWords(answer);
  if (body !== undefined) nativeErrors.keep(error, { wire, body });
  return error;
}

/** The error as Google wrote it, for clients that speak Google's wire. */
function ownWords({ body, secrets = [] }: FailedAnswer): unknown {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  if (text.length > maxOwnLength) return undefined;
  const value = parsedJson(scrubbed(text, secrets));
  return Array.isArray(value) ? value.find((one) => isObject(one) && "error" in one) : value;
}

function errorCode(status: number, details: ErrorDetails | undefined): ErrorCode {
  if (details?.reasons.includes("MODEL_CAPACITY_EXHAUSTED") === true) return "model_overloaded";
  if (details !== undefined && isSuspended(status, details)) return "account_suspended";
  switch (status) {
    case 401:
      return "account_rejected";
    case 403:
      return "account_forbidden";
    case 404:
      return missing(details);
    case 408:
    case 504:
      return "upstream_timeout";
    case 429:
      return details !== undefined && isLongQuota(details)
        ? "quota_exhausted"
        : "rate_limit_exceeded";
    case 529:
      return "model_overloaded";
    case 503:
      return isOverload(details) ? "model_overloaded" : "upstream_unavailable";
    default:
      return status >= 400 && status < 499 ? refusal(details) : otherFailure(status, details);
  }
}

/** Reasons for which an account works no more until its owner acts. */
const suspensions =
  /^(CONSUMER_SUSPENDED|VALIDATION_REQUIRED|ACCOUNT_(DISABLED|SUSPENDED)|TOS_VIOLATION)$/;

/**
 * Whether somebody has to act before the account works again. Beside Google's reasons, its text counts where it never quotes
 * a request: in a 403, and in a refusal of the account's country, which is no `INVALID_ARGUMENT`.
 */
function isSuspended(
  status: number,
  { reasons, statusWord, message: text }: ErrorDetails,
): boolean {
  if (reasons.some((reason) => suspensions.test(reason))) return true;
  if (status === 403) return /reported as leaked|has been suspended/i.test(text);
  return (
    status === 400 &&
    statusWord === "FAILED_PRECONDITION" &&
    /location is not supported|not available in your country/i.test(text)
  );
}

function otherFailure(status: number, details: ErrorDetails | undefined): ErrorCode {
  return status < 400 && details === undefined ? "upstream_unreadable" : "upstream_failed";
}

/**
 * A 404 without an error of Google's form does not come from the API. What is missing is what Google names first: later
 * in the message there may be a name that the caller chose.
 */
function missing(details: ErrorDetails | undefined): ErrorCode {
  if (details === undefined) return "upstream_unreadable";
  const [, thing] = /\b(?:(cache|cached ?content|file)|models?)\b/i.exec(details.message) ?? [];
  return thing === undefined ? "model_not_found" : "upstream_rejected";
}

function isOverload(details: ErrorDetails | undefined): boolean {
  return /overloaded|high demand|capacity/i.test(details?.message ?? "");
}

/**
 * Only Google's reason speaks against the account. The message may quote the request, and then its caller could take
 * accounts out of the pool by what it writes.
 */
function refusal(details: ErrorDetails | undefined): ErrorCode {
  const { message: text = "", reasons = [] } = details ?? {};
  const badKey = reasons.some((reason) => /^API_KEY_(INVALID|EXPIRED)$/.test(reason));
  if (badKey) return "account_rejected";
  return tooLong.test(text) ? "context_length_exceeded" : "upstream_rejected";
}

const tooLong =
  /exceeds the maximum (number of|allowed) (input )?tokens|input token count .*(exceeds|supports)|prompt is too long|context (length|window)/i;

function retryAfter(
  code: ErrorCode,
  status: number,
  details: ErrorDetails | undefined,
  answer: FailedAnswer,
): number | undefined {
  const header = retryAfterHeader(answer.retryAfter, answer.now);
  const transient = status === 429 || status >= 500 || code === "model_overloaded";
  if (!transient || details === undefined) return transient ? header : undefined;
  return quotaWait(details, header, answer.now);
}

function message(
  status: number,
  details: ErrorDetails | undefined,
  { body, secrets = [] }: FailedAnswer,
): string {
  const own = details?.message ?? (typeof body === "string" ? pageText(body) : "");
  const text = own === "" ? `The upstream answered with status ${status}.` : own;
  return scrubbed(text, secrets).slice(0, maxMessageLength);
}

/** Google repeats keys in some messages (`Consumer 'api_key:…' has been suspended`). */
function scrubbed(text: string, secrets: readonly string[]): string {
  return withoutSecrets(text, secrets)
    .replaceAll(/\bAIza[\w-]{20,}/g, "[secret]")
    .replaceAll(/\bya29\.[\w.-]+/g, "[secret]");
}
