import {
  isLoopback,
  type Plugin,
  type PluginCommandLine,
  type ServerSettings,
} from "@agproxy/core";
import type { DashboardSettings } from "./options.ts";
import { pageKey } from "./page-key.ts";
import { pagePath } from "./page-routes.ts";
import { Passes } from "./passes.ts";

/** The plugin, and what its command asks of it. */
interface DashboardPlugin extends Plugin {
  readonly settings: DashboardSettings;
}

/** What it needs of the command line. */
type CommandPart = Pick<PluginCommandLine, "words" | "plugins" | "json" | "print" | "warn"> & {
  readonly server: Pick<ServerSettings, "host" | "port" | "tls">;
};

/** Prints a link. What opens the page stands behind the `#`, which browsers send to nobody. */
export async function dashboardCommand({
  words,
  plugins,
  server,
  json,
  print,
  warn,
}: CommandPart): Promise<number> {
  if (words.length > 0) {
    warn(`agproxy dashboard: it takes no "${words[0]}".\n`);
    return 2;
  }
  const plugin = plugins.find((one) => isDashboard(one));
  if (plugin === undefined) {
    throw new Error(
      "The config has no dashboard. Add it: defaults({ dashboard: {} }), or dashboard() of @agproxy/plugin-dashboard.",
    );
  }
  const passes = new Passes(await pageKey(plugin.settings));
  const link = `${addressOf(server)}${pagePath}#${passes.give("link")}`;
  print(json ? `${JSON.stringify({ link })}\n` : `${link}\n`);
  warn("It opens the dashboard once, within ten minutes.\n");
  return 0;
}

function isDashboard(plugin: Plugin): plugin is DashboardPlugin {
  return plugin.name === "dashboard" && "settings" in plugin;
}

/** Where a browser of this machine reaches the gateway. */
function addressOf({ host, port, tls }: CommandPart["server"]): string {
  const isEverywhere = ["0.0.0.0", "::", "[::]"].includes(host);
  const name = host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
  return `${tls === undefined ? "http" : "https"}://${isEverywhere || isLoopback(host) ? "127.0.0.1" : name}:${port}`;
}
