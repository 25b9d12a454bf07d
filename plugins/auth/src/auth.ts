import { randomBytes } from "node:crypto";
import {
  callersReport,
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
import { shownCallers } from "./shown-callers.ts";
import { type DelayLimits, delayRefusals } from "./failed-keys.ts";
import { enforceGrants } from "./grants.ts";
import { callerIdOf, digestOf } from "./key-file/key-text.ts";
import { KnownKeys } from "./key-file/known-keys.ts";
import { LastUses } from "./key-file/last-uses.ts";
import { type NamedKey, recommendedKeyLength } from "./key-list.ts";
import { Meter } from "./limits/meter.ts";
import { type AuthOptions, readAuthOptions } from "./options.ts";

/** The plugin, and what `agproxy keys` asks of it. */
export interface AuthPlugin extends Plugin {
  /** The path of the file with the keys. */
  readonly keyFile: string;
  /** Whether callers must bring a key. */
  asksForKeys(server: ServerSettings): boolean;
  /** Whether there is a table of prices, for budgets in money. */
  readonly isPriced: boolean;
}

/** What tests change. */
export interface AuthParts {
  readonly delays: DelayLimits;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** The plugin, with the delays after wrong keys and the clock given. */
export function createAuth(options: AuthOptions, { delays, now }: AuthParts): AuthPlugin {
  const { mode, keys, file, cost, isPriced } = readAuthOptions(options);
  let description: string = mode;

  return {
    name: "auth",
    keyFile: file.path,
    isPriced,
    asksForKeys: (server) => effectiveMode(mode, server) !== "off",
    describe: () => description,
    apply(agproxy) {
      const { hooks, server, log, stopping, store } = agproxy;
      const effective = effectiveMode(mode, server);
      const known = new KnownKeys(file, log, now);
      if (effective !== "off" && keys.length === 0 && known.size === 0) {
        throw missingKey(mode, effective, `ag-${randomBytes(32).toString("base64url")}`);
      }
      warn(log, server, effective, keys);
      description = describe(effective, server, keys.length, known.size);
      const ofConfig = createKeyring(keys);
      const granted = grantsByCaller(keys);
      const uses = new LastUses(file.path, log);
      const admit = admission(
        effective,
        (key) => ofConfig(key) ?? known.find(key),
        delayRefusals(delays, stopping),
      );
      hooks.close.tap("auth", () => uses.written());
      const path = file.path;
      agproxy.expose(callersReport, {
        asksForKeys: effective !== "off",
        keys: () => shownCallers({ ofConfig: keys, path, records: known.records, store, now }),
      });
      enforceGrants(hooks, {
        admit,
        grantOf: ({ id, name }) =>
          granted.has(id) ? granted.get(id) : known.grantOf({ id, name }),
        hasGrant: (caller) =>
          granted.has(caller.id) ? granted.get(caller.id) !== undefined : known.has(caller),
        meter: new Meter({ store, cost, now }),
        use: (caller) => known.has(caller) && uses.note(caller.id, now()),
      });
    },
  };
}

function grantsByCaller(keys: readonly NamedKey[]) {
  return new Map(keys.map(({ key, grant }) => [callerIdOf(digestOf(key)), grant]));
}

function describe(
  mode: EffectiveMode,
  server: ServerSettings,
  keys: number,
  inFile: number,
): string {
  const managed = inFile === 0 ? "" : `, ${inFile} in the key file`;
  if (mode !== "off") return `${mode}, ${keys} ${keys === 1 ? "key" : "keys"}${managed}`;
  return `${isReachable(server) ? "off (open to the network)" : "off (loopback only)"}${managed}`;
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
