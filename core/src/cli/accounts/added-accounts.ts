import { type ConfigSource, loadConfig } from "../../config/config.ts";
import { addToAccountFile, type NewAccount } from "../../hooks/account-file.ts";
import type { AccountKind } from "../../hooks/account-options.ts";
import type { Plugin } from "../../hooks/plugin.ts";
import { nearestName } from "../../kit/options.ts";
import { CommandLineError } from "../command-line.ts";
import { jsonLines, type Output, type Print } from "../print.ts";
import { readAccounts, wordOptions } from "./account-input.ts";
import { shown } from "./listed-accounts.ts";

/** Adds the accounts of standard input to the file. The plugin of their kind says what is wrong with them. */
export async function addAccounts(
  source: ConfigSource,
  path: string,
  [name, ...words]: readonly string[],
  { json, print, warn }: Output & { readonly warn: Print },
): Promise<number> {
  const { plugins } = await loadConfig(source);
  const kind = kindOf(plugins, name);
  const [secret = "key"] = kind.secrets;
  const options = wordOptions(words, kind.secrets);
  const given = await readAccounts(secret);
  if (given.length > 1 && options["label"] !== undefined) {
    throw new CommandLineError(`${given.length} accounts cannot have one label.`);
  }
  const accounts = given.map((one): NewAccount => ({
    kind: name ?? "",
    ...labelled(options, one),
  }));
  for (const { options } of accounts) kind.read(options);
  const added = await addToAccountFile(path, accounts, secret);
  if (json) return print(jsonLines(added.map(shown)));
  for (const { label } of added) print(`Added "${label}".\n`);
  warn(`${path} has it, and an agproxy that runs uses it at once. To see whether it works:\n`);
  warn(`  agproxy accounts test ${added.map(({ label }) => JSON.stringify(label)).join(" ")}\n`);
  return 0;
}

function labelled(options: NewAccount["options"], one: NewAccount["options"]) {
  const all = { ...options, ...one };
  return typeof all["label"] === "string"
    ? { options: all, label: all["label"] }
    : { options: all };
}

function kindOf(plugins: readonly Plugin[], name: string | undefined): AccountKind {
  const kinds = new Map(
    plugins.flatMap((plugin) =>
      plugin.accountKind === undefined ? [] : [[plugin.name, plugin.accountKind] as const],
    ),
  );
  const kind = name === undefined ? undefined : kinds.get(name);
  if (kind !== undefined) return kind;
  const known = [...kinds.keys()];
  if (name === undefined) {
    throw new CommandLineError(`Name a kind: agproxy accounts add ${known.join(" | ")}`);
  }
  const near = nearestName(name, known);
  const advice =
    near === undefined
      ? `It has: ${known.join(", ") || "none"}. Add the plugin to the config first.`
      : `Did you mean: agproxy accounts add ${near}`;
  throw new Error(`No plugin of the config takes accounts of the kind "${name}". ${advice}`);
}
