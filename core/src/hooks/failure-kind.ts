import type { ErrorCode } from "../errors/error-catalogue.ts";

/**
 * What a failure says about the account it happened on.
 * - `limited`: it may not be used before a certain time.
 * - `overloaded`: the upstream has no room for this model now.
 * - `transient`: the upstream or the way to it is at fault; another try soon may succeed.
 * - `rejected`: its credentials are not accepted, for any model.
 * - `suspended`: somebody has to act before it works again, for any model.
 * - `forbidden`, `unknown-model`: it cannot do this with this model.
 * - `malformed`: the model stumbled; nothing about the account.
 * - `final`: the request is at fault, or nobody; no other account would do better.
 */
export type FailureKind =
  | "limited"
  | "overloaded"
  | "transient"
  | "rejected"
  | "suspended"
  | "forbidden"
  | "unknown-model"
  | "malformed"
  | "final";

const kinds: Partial<Record<string, FailureKind>> = {
  rate_limit_exceeded: "limited",
  quota_exhausted: "limited",
  model_overloaded: "overloaded",
  upstream_unavailable: "overloaded",
  upstream_failed: "transient",
  upstream_unreachable: "transient",
  upstream_timeout: "transient",
  upstream_cut: "transient",
  upstream_unreadable: "transient",
  account_rejected: "rejected",
  account_suspended: "suspended",
  account_forbidden: "forbidden",
  model_not_found: "unknown-model",
  malformed_tool_call: "malformed",
} satisfies Partial<Record<ErrorCode, FailureKind>>;

/**
 * What a failure with a code says about its account. Codes that are not listed are the request's own fault or nobody's: one bad
 * request must not empty the pool.
 *
 * @example
 * failureKind("account_rejected"); // "rejected"
 */
export function failureKind(code: string): FailureKind {
  return kinds[code] ?? "final";
}
