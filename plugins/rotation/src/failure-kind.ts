import type { ErrorCode } from "@agproxy/core";

/**
 * What a failure says about the account it happened on.
 * - `limited`: it may not be used before a certain time.
 * - `transient`: the upstream or the way to it is at fault; another try soon may succeed.
 * - `rejected`: its credentials are not accepted, for any model.
 * - `forbidden`, `unknown-model`: it cannot do this with this model.
 * - `malformed`: the model stumbled; nothing about the account.
 * - `final`: the request is at fault, or nobody; no other account would do better.
 */
export type FailureKind =
  | "limited"
  | "transient"
  | "rejected"
  | "forbidden"
  | "unknown-model"
  | "malformed"
  | "final";

const kinds: Partial<Record<string, FailureKind>> = {
  rate_limit_exceeded: "limited",
  quota_exhausted: "limited",
  model_overloaded: "transient",
  upstream_unavailable: "transient",
  upstream_failed: "transient",
  upstream_unreachable: "transient",
  upstream_timeout: "transient",
  upstream_cut: "transient",
  upstream_unreadable: "transient",
  account_rejected: "rejected",
  account_forbidden: "forbidden",
  model_not_found: "unknown-model",
  malformed_tool_call: "malformed",
} satisfies Partial<Record<ErrorCode, FailureKind>>;

/** Codes that are not listed are the request's own fault or nobody's: one bad request must not empty the pool. */
export function failureKind(code: string): FailureKind {
  return kinds[code] ?? "final";
}
