import * as v from "valibot";
import {
  accountEntries,
  accountListShape,
  type AccountKind,
  type AccountOptions,
  keyShape,
  pluginNameShape,
  readOptions,
  webUrlShape,
  wrongOption,
} from "@agproxy/core";

/** One key of the Gemini API. */
export interface GeminiAccount extends AccountOptions {
  readonly key: string;
}

interface SharedOptions {
  /** Where the API is; Google's own address where absent. */
  readonly baseUrl?: string | undefined;
  /** Another name, where the plugin is used twice. */
  readonly name?: string | undefined;
}

/** Accounts of the config, in one of two forms. Those of the accounts file come beside them. */
export type GeminiOptions = SharedOptions &
  (
    | { readonly accounts?: readonly GeminiAccount[] | undefined }
    /** Keys separated by commas, as in an environment variable. */
    | { readonly keys?: string | undefined }
  );

const example = "gemini({ accounts: [{ key: process.env.GEMINI_API_KEY }] })";
const account = v.strictObject({ key: keyShape, ...accountEntries });

/** Accounts of the accounts file. */
export const accountKind: AccountKind<GeminiAccount> = {
  secrets: ["key"],
  read: (options) => readOptions("gemini", account, options, '{ "key": "…", "label": "work" }'),
};

const schema = v.strictObject({
  accounts: v.optional(accountListShape(account)),
  keys: v.optional(v.string()),
  baseUrl: v.optional(webUrlShape, "https://generativelanguage.googleapis.com"),
  name: v.optional(pluginNameShape, "gemini"),
});

interface CheckedOptions {
  readonly name: string;
  readonly baseUrl: string;
  readonly accounts: readonly GeminiAccount[];
}

/** The options with their defaults, and `keys` as accounts. */
export function readGeminiOptions(options: GeminiOptions): CheckedOptions {
  const { accounts, keys, baseUrl, name } = readOptions("gemini", schema, options, example);
  if (accounts !== undefined && keys !== undefined) {
    throw wrongOption("gemini", "accounts", "and `keys` cannot both be given", example);
  }
  return {
    name,
    accounts: accounts ?? (keys === undefined ? [] : accountsOf(keys)),
    // People paste the API's URL with its version, which the plugin adds itself.
    baseUrl: baseUrl.replace(/\/+$/, "").replace(/\/v1(beta)?$/, ""),
  };
}

function accountsOf(keys: string): readonly GeminiAccount[] {
  const given = new Set(keys.split(",").map((part) => part.trim()));
  given.delete("");
  if (given.size === 0) throw wrongOption("gemini", "keys", "must hold at least one key", example);
  return Array.from(given, (each) => {
    if (v.is(keyShape, each)) return { key: each };
    throw wrongOption("gemini", "keys", "must be keys without blanks", example);
  });
}
