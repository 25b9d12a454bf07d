import type { Gateway } from "../server/gateway.ts";
import { packagesOfUser } from "../config/module-hooks.ts";
import { version } from "../server/version.ts";
import { hooksOf } from "./loaded-gateway.ts";
import { table } from "./print.ts";
import { gapsOf, warningsOf } from "./exposure.ts";
import { tryLine } from "./try-line.ts";

/** What a user sees at start: address, config file, plugins, accounts, warnings, and a command to paste. */
export async function banner(
  gateway: Gateway,
  url: string,
  file: string | undefined,
): Promise<string> {
  const { core, plugins } = gateway;
  const accounts = core.pool.all.map((account) => [account.label, account.upstream.name]);
  const rows = plugins.map((plugin) => [
    plugin.name,
    tapsOf(gateway, plugin.name),
    plugin.describe?.() ?? routesOf(gateway, plugin.name),
  ]);
  const warnings = [...gapsOf(gateway), ...(await warningsOf(gateway))];
  const line = await tryLine(gateway, url.replace("//0.0.0.0:", "//127.0.0.1:"));
  return [
    `agproxy ${version} listens on ${url}`,
    `config    ${file ?? "built in, since this folder has no agproxy.config.*; `agproxy init` writes one"}`,
    ...ownPackages(),
    "",
    "plugins",
    table(rows),
    "",
    "accounts",
    accounts.length === 0 ? "  none: every chat is answered with 503" : table(accounts),
    ...warnings.flatMap((warning) => ["", `! ${warning}`]),
    "",
    "try it",
    line,
    "",
    "",
  ].join("\n");
}

/** Which packages the config's folder has itself; they are used in place of those that come with agproxy. */
function ownPackages(): readonly string[] {
  const own = packagesOfUser();
  return own.length === 0 ? [] : [`packages  ${own.join(", ")} of the config's folder`];
}

function tapsOf({ core }: Gateway, plugin: string): string {
  const names = hooksOf(core.hooks, plugin).map(({ hook }) => hook);
  return names.length === 0 ? "-" : names.join(" ");
}

/** The paths that a plugin serves, without those below another one of its own. */
function routesOf({ routes }: Gateway, plugin: string): string {
  const own = new Set(routes.filter(({ owner }) => owner === plugin).map(({ path }) => path));
  const isBelow = (path: string) => own.values().some((other) => path.startsWith(`${other}/`));
  return [...own].filter((path) => !isBelow(path)).join(" ");
}
