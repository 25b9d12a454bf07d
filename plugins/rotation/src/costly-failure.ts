import type { ErrorCode } from "@agproxy/core";

const costlyCodes: ReadonlySet<string> = new Set<ErrorCode>([
  "upstream_failed",
  "upstream_timeout",
  "upstream_cut",
  "upstream_unreadable",
  "malformed_tool_call",
]);

/**
 * Whether an upstream worked on the request, or took its time, before it failed. The other failures are refusals: they only
 * tell that this account is out, and come at once.
 */
export function isCostly(code: string): boolean {
  return costlyCodes.has(code);
}
