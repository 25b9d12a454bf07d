import { type AgproxyError, errorBody, type ErrorWire, type Incoming } from "@agproxy/core";

/** What has no capacity is 529 in this API. Clients wait then, and some go on to a smaller model. */
const overloaded: ReadonlySet<string> = new Set(["model_overloaded", "overloaded"]);

/** Types by status, where the type of agproxy's error is another or does not say enough. */
const types: Readonly<Record<number, string>> = { 413: "request_too_large", 504: "timeout_error" };

function typeOf({ code, type, status }: AgproxyError): string {
  if (overloaded.has(code)) return "overloaded_error";
  return types[status] ?? (type === "server_error" ? "api_error" : type);
}

/**
 * An error as Anthropic's clients read it, with agproxy's code, the field at fault and details beside it.
 * Source: https://docs.claude.com/en/api/errors
 */
export function wireError(error: AgproxyError, { id }: Pick<Incoming, "id">) {
  return {
    type: "error",
    error: { ...errorBody(error).error, type: typeOf(error) },
    request_id: id,
  };
}

export const messagesErrors: ErrorWire = {
  error: wireError,
  status: ({ code, status }) => (overloaded.has(code) ? 529 : status),
};
