import { randomBytes } from "node:crypto";
import {
  definePlugin,
  isReachable,
  type Log,
  type Plugin,
  type ServerSettings,
} from "@agproxy/core";
import {
  admission,
  createKeyring,
  type EffectiveMode,
  effectiveMode,
  missingKey,
} from "./admission.ts";
import { type DelayLimits, delayRefusals } from "./failed-keys.ts";
import { type NamedKey, recommendedKeyLength } from "./key-list.ts";
import { type AuthOptions, readAuthOptions } from "./options.ts";

/** The plugin, with the delays after wrong keys given. */
export function createAuth(options: AuthOptions, limits: DelayLimits): Plugin {
  const { mode, keys } = readAuthOptions(options);
  let description: string = mode;

  return definePlugin({
    name: "auth",
    describe: () => description,
    apply({ hooks, server, log, stopping }) {
      const effective = effectiveMode(mode, server);
      if (effective !== "off" && keys.length === 0) {
        throw missingKey(mode, effective, `ag-${randomBytes(32).toString("base64url")}`);
      }
      warn(log, server, effective, keys);
      description = describe(effective, server, keys.length);
      const delay = delayRefusals(limits, stopping);
      hooks.authenticate.tap("auth", admission(effective, createKeyring(keys), delay));
    },
  });
}

function describe(mode: EffectiveMode, server: ServerSettings, keys: number): string {
  if (mode !== "off") return `${mode}, ${keys} ${keys === 1 ? "key" : "keys"}`;
  return isReachable(server) ? "off (open to the network)" : "off (loopback only)";
}

function warn(
  log: Log,
  server: ServerSettings,
  mode: EffectiveMode,
  keys: readonly NamedKey[],
): void {
  if (mode === "off" && isReachable(server)) {
    log.warn("auth is off: everyone who reaches this port can use the accounts");
  }
  for (const { key, name } of keys) {
    if (key.length < recommendedKeyLength) {
      log.warn(
        { name },
        `this key has less than ${recommendedKeyLength} characters; use a longer one`,
      );
    }
  }
}
