import { AgproxyError, type Caller, type Incoming } from "@agproxy/core";
import type { Keyring } from "./keyring.ts";
import type { EffectiveMode } from "./mode.ts";
import type { IncomingHttpHeaders } from "node:http";

const anonymous: Caller = { id: "anonymous", name: "anonymous" };

/** What load balancers and container runtimes ask; they have no key. */
const healthPaths: ReadonlySet<string> = new Set(["/healthz", "/readyz"]);

/** Who a request is from. Throws `invalid_api_key` where that matters and is not known. */
export function admit(
  mode: EffectiveMode,
  keyring: Keyring,
  { path, headers }: Pick<Incoming, "path" | "headers">,
): Caller {
  const key = presentedKey(headers);
  const caller = key === undefined ? undefined : keyring(key);
  if (caller !== undefined) return caller;
  const open = mode === "off" || (mode === "all_except_health" && healthPaths.has(path));
  if (open) return anonymous;
  throw new AgproxyError(
    "invalid_api_key",
    key === undefined ? "The request has no API key." : "The request's API key is not known here.",
  );
}

/**
 * The key a request brings, from the first of `Authorization`, `x-api-key` and `x-goog-api-key` that
 * has a value. The others are not looked at: a wrong key is wrong, whatever stands next to it.
 * `Authorization` may hold the bare key without `Bearer`. A key in the URL is not read: URLs end up in logs.
 */
export function presentedKey(headers: IncomingHttpHeaders): string | undefined {
  const authorization = text(headers.authorization);
  if (authorization !== undefined) return authorization.replace(/^bearer\s+/i, "");
  return text(headers["x-api-key"]) ?? text(headers["x-goog-api-key"]);
}

function text(value: string | string[] | undefined): string | undefined {
  const trimmed = (Array.isArray(value) ? value.join(", ") : value)?.trim();
  return trimmed === "" ? undefined : trimmed;
}
