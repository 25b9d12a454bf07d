import { jsonLines, type Output, type Print, table, widthOf, wrapped } from "./print.ts";
import type { ConfigSource } from "../config/config.ts";
import { isGood as isGoodAccount, probe, type ProbedAccount } from "../hooks/account-probe.ts";
import { withGateway } from "./loaded-gateway.ts";
import { gapsOf, warningsOf } from "./exposure.ts";

/**
 * `agproxy check`: loads the config, applies the plugins, and probes each account. Exit code 1 where anything fails. `warn`
 * gets the warnings that a start would show.
 */
export function check(
  source: ConfigSource,
  { json, print, warn }: Output & { readonly warn: Print },
): Promise<number> {
  return withGateway(source, async (gateway, { file }) => {
    const { core, plugins } = gateway;
    const warnings = [...gapsOf(gateway), ...(await warningsOf(gateway))];
    if (!json) {
      print(
        `${file ?? "The built-in config"}: good, ${plugins.length} ${plugins.length === 1 ? "plugin" : "plugins"}\n`,
      );
      for (const warning of warnings) warn(`${fitted(`! ${warning}`, "  ", process.stderr)}\n`);
    }
    const accounts = await Promise.all(core.pool.all.map(probe));
    const isGood = accounts.length > 0 && accounts.every(isGoodAccount);
    if (json) {
      const names = plugins.map(({ name }) => name);
      print(jsonLines({ good: isGood, config: file ?? null, plugins: names, warnings, accounts }));
    } else if (accounts.length > 0) {
      print(`${accountTable(accounts)}\n`);
    }
    return isGood ? 0 : 1;
  });
}

/** A text whose lines fit into a terminal. */
function fitted(text: string, indent: string, stream: { readonly columns?: number }): string {
  const width = widthOf(stream);
  return text
    .split("\n")
    .map((line) => wrapped(line, width, indent))
    .join("\n");
}

/** Accounts with their standings, as a table. */
export function accountTable(accounts: readonly ProbedAccount[]): string {
  const rows = accounts.map(({ label, upstream, text }) => [label, upstream, text]);
  return fitted(table(rows), "    ", process.stdout);
}
