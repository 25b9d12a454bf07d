import { errorBody, type AgproxyError, type ErrorCode } from "@agproxy/core";

/** The error object of a Response that failed. */
export interface ResponseFailure {
  readonly code: string;
  readonly message: string;
}

/**
 * Codes that Responses clients branch on, for those of agproxy's that mean the same. An overloaded model is
 * a plain server error: the code that names it makes clients give up at once.
 * Source: https://platform.openai.com/docs/api-reference/responses/object, `error.code`
 */
const codes: Readonly<Partial<Record<string, string>>> = {
  context_length_exceeded: "context_length_exceeded",
  invalid_json: "invalid_prompt",
  invalid_request: "invalid_prompt",
  pool_exhausted: "rate_limit_exceeded",
  quota_exhausted: "rate_limit_exceeded",
  rate_limit_exceeded: "rate_limit_exceeded",
  upstream_rejected: "invalid_prompt",
} satisfies Partial<Record<ErrorCode, string>>;

export function responseFailure(error: AgproxyError): ResponseFailure {
  return { code: codes[error.code] ?? "server_error", message: errorBody(error).error.message };
}

/** The body of an error that is not part of a stream. */
export function wireError(error: AgproxyError) {
  const { error: body } = errorBody(error);
  return { error: { ...body, code: wireCode(error) } };
}

/** At this code clients send the whole conversation again instead of giving up. */
function wireCode({ code, details }: AgproxyError): string {
  return details?.["previous_response_id"] === undefined ? code : "previous_response_not_found";
}
