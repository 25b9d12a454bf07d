/** The kind of an error, in the words that clients of chat models branch on. */
export type ErrorType =
  | "invalid_request_error"
  | "authentication_error"
  | "permission_error"
  | "not_found_error"
  | "rate_limit_error"
  | "server_error";

/** What all errors of one code have in common. */
export interface CatalogueEntry {
  /** The HTTP status. */
  readonly status: number;
  readonly type: ErrorType;
  /** What happened; the message of an error that has none of its own. */
  readonly text: string;
  /** What the client can do next. */
  readonly advice: string;
}

const entry = (status: number, type: ErrorType, text: string, advice: string): CatalogueEntry => ({
  status,
  type,
  text,
  advice,
});

/** The errors of core, by code. A test compares `docs/errors.md` with this table. */
export const catalogue = {
  invalid_json: entry(
    400,
    "invalid_request_error",
    "The request body is not valid JSON.",
    "Check quotes, commas and the shell's own quoting.",
  ),
  unreadable_request: entry(
    400,
    "invalid_request_error",
    "The request is not valid HTTP.",
    "Check what sends it, and what stands between it and agproxy.",
  ),
  invalid_request: entry(
    400,
    "invalid_request_error",
    "A field of the request has the wrong type.",
    "The error's `param` names the field.",
  ),
  context_length_exceeded: entry(
    400,
    "invalid_request_error",
    "The request is longer than the model's context window.",
    "Shorten the conversation or choose a model with a larger window.",
  ),
  upstream_rejected: entry(
    400,
    "invalid_request_error",
    "The upstream refused the request.",
    "The message is the upstream's own.",
  ),
  invalid_api_key: entry(
    401,
    "authentication_error",
    "No valid API key was given.",
    "Send a key of this gateway as `Authorization: Bearer KEY`.",
  ),
  account_forbidden: entry(
    403,
    "permission_error",
    "The upstream does not let the account do this.",
    "The message is the upstream's own; check what the account may use.",
  ),
  route_not_found: entry(
    404,
    "not_found_error",
    "There is nothing at this path.",
    "Check the client's base URL.",
  ),
  not_served: entry(
    404,
    "not_found_error",
    "agproxy does not serve this API.",
    "The message names what would serve it.",
  ),
  model_not_found: entry(
    404,
    "not_found_error",
    "No upstream knows this model.",
    "The list of models says what there is; `agproxy explain MODEL` shows how a name is mapped.",
  ),
  method_not_allowed: entry(
    405,
    "invalid_request_error",
    "This path does not take this method.",
    "The `Allow` header lists the methods it takes.",
  ),
  body_too_large: entry(
    413,
    "invalid_request_error",
    "The request body is larger than the limit.",
    "Raise `bodyLimit` in agproxy.config.ts, or send less.",
  ),
  unsupported_media_type: entry(
    415,
    "invalid_request_error",
    "The request body must be JSON.",
    "Send the header `Content-Type: application/json`.",
  ),
  upgrade_required: entry(
    426,
    "invalid_request_error",
    "WebSocket is not served here.",
    "Use plain HTTP with server-sent events.",
  ),
  rate_limit_exceeded: entry(
    429,
    "rate_limit_error",
    "The account's rate limit is reached.",
    "Wait as long as `Retry-After` says, or add accounts.",
  ),
  quota_exhausted: entry(
    429,
    "rate_limit_error",
    "The account's quota is used up.",
    "Wait until the quota is reset, or add accounts with a quota of their own.",
  ),
  pool_exhausted: entry(
    429,
    "rate_limit_error",
    "No account can take this request now.",
    "Wait as long as `Retry-After` says, or add accounts.",
  ),
  caller_limit_reached: entry(
    429,
    "rate_limit_error",
    "This API key has too much under way.",
    "Wait until some of it has ended, or raise `limits` in agproxy.config.ts.",
  ),
  client_closed_request: entry(
    499,
    "invalid_request_error",
    "The client left before the answer was complete.",
    "Nothing to do; the upstream call was cancelled.",
  ),
  internal_error: entry(
    500,
    "server_error",
    "agproxy failed.",
    "The log line with this request id has the cause; please report it.",
  ),
  plugin_failed: entry(
    500,
    "server_error",
    "A plugin failed.",
    "The log line with this request id has the cause.",
  ),
  account_rejected: entry(
    502,
    "server_error",
    "The upstream does not accept the account's credentials.",
    "Run `agproxy check` and replace the credentials it reports.",
  ),
  account_suspended: entry(
    502,
    "server_error",
    "The account cannot be used until somebody acts on it.",
    "The message is the upstream's own: do what it says, or add other accounts.",
  ),
  upstream_failed: entry(
    502,
    "server_error",
    "The upstream failed.",
    "Try again; the message is the upstream's own.",
  ),
  upstream_unreachable: entry(
    502,
    "server_error",
    "The upstream could not be reached.",
    "Check the network, the base URL and the account's proxy.",
  ),
  upstream_cut: entry(
    502,
    "server_error",
    "The upstream ended the answer before it was complete.",
    "Try again; what has arrived so far is not the whole answer.",
  ),
  upstream_unreadable: entry(
    502,
    "server_error",
    "The upstream sent something that is no answer.",
    "Check that the base URL points at the right service.",
  ),
  malformed_tool_call: entry(
    502,
    "server_error",
    "The model tried to call a tool and failed to write the call.",
    "Try again, or simplify the tool's parameters.",
  ),
  no_account: entry(
    503,
    "server_error",
    "No account is configured.",
    "Add one with `agproxy accounts add`, or an upstream plugin with accounts to the config; `agproxy check` shows what is there.",
  ),
  model_overloaded: entry(
    503,
    "server_error",
    "The model has no free capacity.",
    "Try again in a moment, or choose another model.",
  ),
  upstream_unavailable: entry(
    503,
    "server_error",
    "The upstream is unavailable.",
    "Try again in a moment.",
  ),
  overloaded: entry(
    503,
    "server_error",
    "agproxy has as much under way as it can hold.",
    "Try again in a moment.",
  ),
  shutting_down: entry(503, "server_error", "agproxy is shutting down.", "Try again in a moment."),
  request_timeout: entry(
    504,
    "server_error",
    "The request took too long.",
    "Ask for less at once, or raise `timeouts.request` in agproxy.config.ts.",
  ),
  upstream_timeout: entry(
    504,
    "server_error",
    "The upstream did not answer in time.",
    "Try again, or raise `timeouts` in agproxy.config.ts.",
  ),
} as const satisfies Record<string, CatalogueEntry>;

export type ErrorCode = keyof typeof catalogue;
