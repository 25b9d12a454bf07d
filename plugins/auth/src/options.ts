import { readOptions } from "@agproxy/core";
import * as v from "valibot";
import { type KeyInput, type NamedKey, readKeys } from "./key-list.ts";

/** When a key is asked for: never, always, always but for health checks, or as `auto` decides. */
const modes = ["off", "strict", "all_except_health", "auto"] as const;

export type Mode = (typeof modes)[number];

export interface AuthOptions {
  /** Default: `auto`, which is `all_except_health` once other machines can connect and `off` until then. */
  readonly mode?: Mode;
  /** One text (several keys separated by commas), or a list whose entries may have names. */
  readonly keys?: string | readonly KeyInput[] | undefined;
}

const schema = v.strictObject({
  mode: v.optional(v.picklist(modes), "auto"),
  // `readKeys` checks them: an error about a key must never repeat it.
  keys: v.optional(v.unknown()),
});

/** The options with their defaults. Throws an error that names the option and repeats no key. */
export function readAuthOptions(options: AuthOptions): {
  readonly mode: Mode;
  readonly keys: readonly NamedKey[];
} {
  const example = 'auth({ mode: "strict", keys: process.env.AGPROXY_API_KEY })';
  const { mode, keys } = readOptions("auth", schema, options, example);
  return { mode, keys: readKeys(keys) };
}
