import {
  type Cost,
  costBy,
  priceShape,
  type PriceTable,
  readOptions,
  stateFile,
  wrongOption,
} from "@agproxy/core";
import * as v from "valibot";
import { isAbsolute } from "node:path";
import type { KeyPlace } from "./key-file/known-keys.ts";
import { type KeyInput, type NamedKey, readKeys } from "./key-list.ts";

/** When a key is asked for: never, always, always but for health checks, or as `auto` decides. */
const modes = ["off", "strict", "all_except_health", "auto"] as const;

export type Mode = (typeof modes)[number];

export interface AuthOptions {
  /** Default: `auto`, which is `all_except_health` once other machines can connect and `off` until then. */
  readonly mode?: Mode;
  /** One text (several keys separated by commas), or a list whose entries may have names. */
  readonly keys?: string | readonly KeyInput[] | undefined;
  /** The absolute path of the file with the keys of `agproxy keys`. Default: `keys.json` in the user's state folder. */
  readonly file?: string | undefined;
  /** What a million tokens of a model cost, for keys with a budget in money. Default: empty. */
  readonly prices?: PriceTable;
}

const schema = v.strictObject({
  mode: v.optional(v.picklist(modes), "auto"),
  // `readKeys` checks them: an error about a key must never repeat it.
  keys: v.optional(v.unknown()),
  file: v.optional(v.string()),
  prices: v.optional(priceShape, {}),
});

/** The options with their defaults. */
interface AuthSettings {
  readonly mode: Mode;
  readonly keys: readonly NamedKey[];
  readonly file: KeyPlace;
  readonly cost: Cost;
  /** Whether there is a table of prices. */
  readonly isPriced: boolean;
}

/** Reads the options. Throws an error that names the option and repeats no key. */
export function readAuthOptions(options: AuthOptions): AuthSettings {
  const example = 'auth({ mode: "strict", keys: process.env.AGPROXY_API_KEY })';
  const { mode, keys, file, prices } = readOptions("auth", schema, options, example);
  if (file !== undefined && !isAbsolute(file)) {
    // The command and the gateway may run in different folders, and must mean one file.
    const fault = `is "${file}" and must be an absolute path`;
    throw wrongOption("auth", "file", fault, 'auth({ file: "/var/lib/agproxy/keys.json" })');
  }
  return {
    mode,
    keys: readKeys(keys),
    file: { path: file ?? stateFile("keys.json"), isChosen: file !== undefined },
    cost: costBy(prices),
    isPriced: Object.keys(prices).length > 0,
  };
}
