import type { ConfigSource } from "../../config/config.ts";
import { accountFile, withDisabled } from "../../hooks/account-file.ts";
import { CommandLineError } from "../command-line.ts";
import { jsonLines, type Output, type Print } from "../print.ts";
import { listAccounts } from "./listed-accounts.ts";
import { meantAccounts } from "./meant-accounts.ts";

/** `agproxy accounts list | add | remove | enable | disable | test`. */
export async function accountsCommand(
  source: ConfigSource,
  words: readonly string[],
  output: Output & { readonly warn: Print },
): Promise<number> {
  const [verb, ...rest] = words;
  const path = source.overrides.accountsFile;
  if (path === undefined) throw new Error("There is no accounts file.");
  // Only these two need the config and its plugins.
  switch (verb) {
    case "list":
      if (rest.length > 0) throw new CommandLineError(`agproxy accounts list takes no more words.`);
      return listAccounts(path, output);
    case "add":
      return (await import("./added-accounts.ts")).addAccounts(source, path, rest, output);
    case "test":
      return (await import("./tested-accounts.ts")).testAccounts(source, rest, output);
    case "remove":
      return removeAccounts(path, rest, output);
    case "enable":
      return setDisabled(path, rest, false, output);
    default:
      return setDisabled(path, rest, true, output);
  }
}

async function removeAccounts(
  path: string,
  labels: readonly string[],
  { json, print }: Output,
): Promise<number> {
  await accountFile(path).change((accounts) => {
    const meant = meantAccounts(accounts, labels, "remove");
    return accounts.filter((account) => !meant.has(account));
  });
  if (json) return print(jsonLines({ removed: labels }));
  return print(`Removed ${listed(labels)}. What an agproxy has under way on it may finish.\n`);
}

async function setDisabled(
  path: string,
  labels: readonly string[],
  disabled: boolean,
  { json, print }: Output,
): Promise<number> {
  const verb = disabled ? "disable" : "enable";
  await accountFile(path).change((accounts) => {
    const meant = meantAccounts(accounts, labels, verb);
    return accounts.map((account) =>
      meant.has(account) ? withDisabled(account, disabled) : account,
    );
  });
  if (json) return print(jsonLines({ [`${verb}d`]: labels }));
  const then = disabled ? "It stays in the file and is asked for nothing." : "It is asked again.";
  return print(`${disabled ? "Disabled" : "Enabled"} ${listed(labels)}. ${then}\n`);
}

function listed(labels: readonly string[]): string {
  return labels.map((label) => `"${label}"`).join(", ");
}
