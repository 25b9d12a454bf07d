import { AgproxyError, type Caller, type Incoming } from "@agproxy/core";
import type { Keyring } from "./keyring.ts";
import type { EffectiveMode } from "./mode.ts";
import { presentedKey } from "./presented-key.ts";

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
