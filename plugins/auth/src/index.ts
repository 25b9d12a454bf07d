import type { Plugin } from "@agproxy/core";
import { createAuth } from "./auth.ts";
import { delayLimits } from "./failed-keys.ts";
import type { AuthOptions } from "./options.ts";

export type { AuthOptions } from "./options.ts";

/** Asks for an API key where the mode needs one, and says whose it is. */
export function auth(options: AuthOptions = {}): Plugin {
  return createAuth(options, delayLimits);
}
