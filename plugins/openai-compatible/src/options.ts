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
import type { ServerName } from "./servers.ts";

/** One account on a server that speaks the chat completions API. Without `models` it is asked for those that its server lists. */
export interface CompatibleAccount extends AccountOptions {
  /** Where the API is, usually with `/v1` at its end: `http://127.0.0.1:11434/v1`. */
  readonly baseUrl: string;
  /** Sent as `Authorization: Bearer KEY`; local servers often need none. */
  readonly key?: string | undefined;
  /** What kind of server it is; told by the host where absent. */
  readonly server?: ServerName | undefined;
}

/** One account, or a list of them. Those of the accounts file come beside them. */
export type OpenaiCompatibleOptions = (
  | CompatibleAccount
  | { readonly accounts?: readonly CompatibleAccount[] | undefined }
) & {
  /** Another name, where the plugin is used twice. */
  readonly name?: string | undefined;
};

const plugin = "openai-compatible";
const example = 'openaiCompatible({ baseUrl: "http://127.0.0.1:11434/v1", models: ["llama3.2"] })';

const fields = {
  ...accountEntries,
  baseUrl: webUrlShape,
  key: v.optional(keyShape),
  server: v.optional(v.picklist(["openai", "openrouter", "agproxy", "other"])),
};
const accountSchema = v.strictObject(fields);

/** Accounts of the accounts file. */
export const accountKind: AccountKind<CompatibleAccount> = {
  secrets: ["key"],
  read: (options) =>
    readOptions(plugin, accountSchema, options, '{ "baseUrl": "http://127.0.0.1:11434/v1" }'),
};

const schema = v.strictObject({
  ...fields,
  baseUrl: v.optional(webUrlShape),
  accounts: v.optional(accountListShape(accountSchema)),
  name: v.optional(pluginNameShape, plugin),
});

interface CheckedOptions {
  readonly name: string;
  readonly accounts: readonly CompatibleAccount[];
}

/** The options with their defaults, as a list of accounts. */
export function readCompatibleOptions(options: OpenaiCompatibleOptions): CheckedOptions {
  const { name, accounts, baseUrl, ...single } = readOptions(plugin, schema, options, example);
  if (accounts !== undefined && baseUrl !== undefined) {
    throw wrongOption(plugin, "baseUrl", "and `accounts` cannot both be given", example);
  }
  if (baseUrl !== undefined) return { name, accounts: [{ ...single, baseUrl }] };
  const [beside] = Object.keys(single);
  if (beside !== undefined) {
    throw wrongOption(plugin, beside, "must be in each of the `accounts` that it is for", example);
  }
  return { name, accounts: accounts ?? [] };
}
