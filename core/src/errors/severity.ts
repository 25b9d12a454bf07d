import type { AgproxyError } from "./agproxy-error.ts";

/**
 * The level of the log for an error. A client's own mistake and a client that leaves are everyday; that a limit is reached is worth a
 * look; what the gateway or an upstream could not do is an error.
 *
 * @example
 * log[severityOf(error)]({ id: incoming.id, error: error.code }, "refused");
 */
export function severityOf({ type, code }: AgproxyError): "info" | "warn" | "error" {
  if (code === "shutting_down" || type === "rate_limit_error") return "warn";
  return type === "server_error" ? "error" : "info";
}
