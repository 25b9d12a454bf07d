import { fields, list, parsedJson, word, type AnyFields } from "../shape.ts";

/** What Google says about an error, whatever it was wrapped in. */
export interface ErrorDetails {
  /** The status in the body. In the middle of a stream there is no other. */
  readonly status: number | undefined;
  /** Google's own word for the status, such as `FAILED_PRECONDITION`. */
  readonly statusWord: string | undefined;
  readonly message: string;
  /** `ErrorInfo.reason`, such as `API_KEY_INVALID`. */
  readonly reasons: readonly string[];
  /** Names of the quotas that are used up, such as `GenerateRequestsPerDayPerProjectPerModel`. */
  readonly quotas: readonly string[];
  /** `RetryInfo.retryDelay`. */
  readonly retryDelay: string | undefined;
  readonly quotaResetDelay: string | undefined;
  readonly quotaResetTime: string | undefined;
}

/** No error of Google's is longer. What is longer would be searched for words at every character. */
const maxTextLength = 8 * 1024;
const maxDetails = 64;

const statusNumbers: Readonly<Record<string, number>> = {
  INVALID_ARGUMENT: 400,
  FAILED_PRECONDITION: 400,
  OUT_OF_RANGE: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
  RESOURCE_EXHAUSTED: 429,
  CANCELLED: 499,
  INTERNAL: 500,
  UNKNOWN: 500,
  UNAVAILABLE: 503,
  DEADLINE_EXCEEDED: 504,
};

/**
 * The error in a body: bare, or in an array as streams send it. Absent where the body is not of that form.
 * Source: https://google.aip.dev/193
 */
export function errorDetails(body: unknown): ErrorDetails | undefined {
  const value = typeof body === "string" ? parsedJson(body) : body;
  const error = list(value).map(errorOf).find(Boolean) ?? errorOf(value);
  if (error === undefined) return undefined;
  const details = list(error.details)
    .slice(0, maxDetails)
    .map((detail) => fields(detail) ?? {});
  const metadata = details.map((detail) => fields(detail.metadata) ?? {});
  return {
    status: statusOf(error),
    statusWord: word(error.status),
    message: (word(error.message) ?? "").slice(0, maxTextLength),
    reasons: words("reason", details),
    quotas: [
      ...words("quota_limit", metadata),
      ...details.flatMap(({ violations }) =>
        list(violations)
          .slice(0, maxDetails)
          .flatMap((violation) => word(fields(violation)?.quotaId) ?? []),
      ),
    ],
    retryDelay: words("retryDelay", details)[0],
    quotaResetDelay: words("quotaResetDelay", metadata)[0],
    quotaResetTime: words("quotaResetTimeStamp", metadata)[0],
  };
}

function errorOf(value: unknown): AnyFields | undefined {
  const { error, error_description: description } = fields(value) ?? {};
  // OAuth's form: https://datatracker.ietf.org/doc/html/rfc6749#section-5.2
  const text = word(error);
  if (text === undefined) return fields(error);
  return { message: word(description) === undefined ? text : `${text}: ${word(description)}` };
}

function statusOf({ code, status }: AnyFields): number | undefined {
  const number = Number(code);
  if (Number.isInteger(number) && number >= 100) return number;
  return typeof status === "string" ? statusNumbers[status] : undefined;
}

function words(name: string, from: readonly AnyFields[]): readonly string[] {
  return from.flatMap((item) => word(item[name]) ?? []);
}
