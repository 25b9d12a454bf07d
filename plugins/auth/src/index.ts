import type { Plugin, PluginCommandLine } from "@agproxy/core";
import { createAuth } from "./auth.ts";
import { delayLimits } from "./failed-keys.ts";
import type { AuthOptions } from "./options.ts";

export type { AuthOptions } from "./options.ts";

/** Asks for an API key where the mode needs one, says whose it is, and holds it to what it may use. */
export function auth(options: AuthOptions = {}): Plugin {
  return createAuth(options, { delays: delayLimits, now: Date.now });
}

/** Runs `agproxy keys`. */
export async function runKeys(line: PluginCommandLine): Promise<number> {
  const { keysCommand } = await import("./command/keys-command.ts");
  return keysCommand(line);
}
