import type { AgproxyError, ErrorCode } from "agproxy";

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
const codes: Readonly<Partial<Record<ErrorCode, string>>> = {
  context_length_exceeded: "context_length_exceeded",
  invalid_json: "invalid_prompt",
  invalid_request: "invalid_prompt",
  pool_exhausted: "rate_limit_exceeded",
  quota_exhausted: "rate_limit_exceeded",
  rate_limit_exceeded: "rate_limit_exceeded",
  upstream_rejected: "invalid_prompt",
};

export function responseFailure(error: AgproxyError): ResponseFailure {
  return { code: codes[error.code] ?? "server_error", message: errorText(error) };
}

/** The body of an error that is not part of a stream. Source: https://platform.openai.com/docs/guides/error-codes */
export function errorBody(error: AgproxyError) {
  const { type, param = null, details } = error;
  const body = { message: errorText(error), type, param, code: wireCode(error) };
  return { error: details === undefined ? body : { ...body, details } };
}

/** At this code clients send the whole conversation again instead of giving up. */
function wireCode({ code, details }: AgproxyError): string {
  return details?.["previous_response_id"] === undefined ? code : "previous_response_not_found";
}

/** Clients show the message and little else, so it also says what to do next. */
function errorText({ message, advice }: AgproxyError): string {
  if (advice === "") return message;
  const said = message.trimEnd();
  return `${/[.!?)\]}"'`]$/.test(said) ? said : `${said}.`} ${advice}`;
}
