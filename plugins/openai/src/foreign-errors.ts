import { type AgproxyError, errorBody } from "@agproxy/core";

/**
 * An error as Anthropic's clients read it. The types of agproxy's errors are theirs, but for one.
 * Source: https://docs.anthropic.com/en/api/errors#error-shapes
 */
export function anthropicError(error: AgproxyError) {
  const { type, message } = errorBody(error).error;
  return {
    type: "error",
    error: { type: type === "server_error" ? "api_error" : type, message },
  };
}

/** An error as Google's clients read it. Source: https://google.aip.dev/193#http11json-representation */
export function googleError(error: AgproxyError) {
  const { message } = errorBody(error).error;
  return {
    error: { code: error.status, message, status: googleStatuses[error.status] ?? "INTERNAL" },
  };
}

const googleStatuses: Readonly<Record<number, string>> = {
  400: "INVALID_ARGUMENT",
  401: "UNAUTHENTICATED",
  403: "PERMISSION_DENIED",
  404: "NOT_FOUND",
  413: "INVALID_ARGUMENT",
  415: "INVALID_ARGUMENT",
  405: "UNIMPLEMENTED",
  429: "RESOURCE_EXHAUSTED",
  503: "UNAVAILABLE",
};

/** An error as Ollama's clients read it. */
export function ollamaError(error: AgproxyError) {
  return { error: errorBody(error).error.message };
}
