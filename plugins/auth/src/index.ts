import { randomBytes } from "node:crypto";
import { definePlugin, type Log, type Plugin, type ServerSettings } from "@agproxy/core";
import { admit } from "./admission.ts";
import { comfortable, type KeyInput, type NamedKey, readKeys } from "./key-list.ts";
import { createKeyring } from "./keyring.ts";
import { missingKey } from "./missing-key.ts";
import { type EffectiveMode, effectiveMode, isReachable, type Mode, modes } from "./mode.ts";

export interface AuthOptions {
  /** Default: `auto`, which is `all_except_health` once other machines can connect and `off` until then. */
  readonly mode?: Mode;
  /** One text (several keys separated by commas), or a list, with names where wanted. */
  readonly keys?: string | readonly KeyInput[] | undefined;
}

/** Asks for an API key where the mode wants one, and says whose it is. */
export function auth(options: AuthOptions = {}): Plugin {
  const mode = readMode(options);
  const keys = readKeys(options.keys);
  let description: string = mode;

  return definePlugin({
    name: "auth",
    describe: () => description,
    apply({ hooks, server, log }) {
      const effective = effectiveMode(mode, server);
      if (effective !== "off" && keys.length === 0) {
        throw new Error(missingKey(mode, effective, `ag-${randomBytes(32).toString("base64url")}`));
      }
      warn(log, server, effective, keys);
      description = describe(effective, server, keys.length);
      const keyring = createKeyring(keys);
      hooks.authenticate.tap("auth", (incoming) => admit(effective, keyring, incoming));
    },
  });
}

function readMode(options: AuthOptions): Mode {
  const stranger = Object.keys(options).find((name) => name !== "mode" && name !== "keys");
  if (stranger !== undefined) {
    throw new Error(`auth: there is no option \`${stranger}\`. Options are mode, keys.`);
  }
  const { mode = "auto" } = options;
  if (modes.includes(mode)) return mode;
  throw new Error(`auth: \`mode\` is "${mode}". Write one of ${modes.join(", ")}.`);
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
    if (key.length < comfortable) {
      log.warn({ name }, `this key has less than ${comfortable} characters; use a longer one`);
    }
  }
}
