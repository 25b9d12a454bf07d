import type { Gateway } from "../server/gateway.ts";
import { packagesOfUser } from "../config/module-hooks.ts";
import { version } from "../server/health.ts";
import { hooksOf } from "./loaded-gateway.ts";
import { table } from "./print.ts";
import { takesAnyone, warningsOf } from "./exposure.ts";

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
  const warnings = [...gaps(gateway), ...(await warningsOf(gateway))];
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

/** What no chat can do without. */
function gaps({ core, routes }: Gateway): readonly string[] {
  const isSpoken = routes.some(({ protocol }) => protocol !== undefined);
  return [
    ...(isSpoken
      ? []
      : ["NO PROTOCOL: no plugin answers a chat. Add one that does, or write plugins: defaults()"]),
    ...(core.pool.all.length > 0
      ? []
      : ["NO UPSTREAM: no plugin has an account. Add one that does, or write plugins: defaults()"]),
  ];
}

/** A command to paste: it asks the first chat route whose protocol has an example, or else whether agproxy runs. */
async function tryLine(gateway: Gateway, url: string): Promise<string> {
  const route = gateway.routes.find(({ protocol }) => protocol?.example !== undefined);
  if (route === undefined || gateway.core.pool.all.length === 0) return `  curl ${url}/healthz`;
  const isOpen = await takesAnyone(gateway, route.path);
  const key = isOpen ? "" : ` -H "Authorization: Bearer $AGPROXY_API_KEY"`;
  // The shell ends a quoted text at an apostrophe.
  const body = JSON.stringify(route.protocol?.example).replaceAll("'", String.raw`'\''`);
  return `  curl -N ${url}${route.path}${key} -H "Content-Type: application/json" -d '${body}'`;
}
