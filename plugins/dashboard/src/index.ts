import { definePlugin, type Plugin, type PluginCommandLine } from "@agproxy/core";
import { accountRoutes } from "./account-routes.ts";
import { Live } from "./live.ts";
import { type DashboardOptions, readDashboardOptions } from "./options.ts";
import { pageKey } from "./page-key.ts";
import { pagePath, pageRoutes } from "./page-routes.ts";
import { Passes } from "./passes.ts";
import { signInRoutes } from "./sign-in-routes.ts";
import { viewRoutes } from "./view-routes.ts";
import { Visitors } from "./visitors.ts";

export type { DashboardOptions } from "./options.ts";

/** A page that shows what every account and every request is doing, live: `GET /dashboard`. It always asks for a key. */
export function dashboard(options: DashboardOptions = {}): Plugin {
  const settings = readDashboardOptions(options);
  const plugin = definePlugin({
    name: "dashboard",
    describe: () => `GET ${pagePath}; \`agproxy dashboard\` prints a link that opens it`,
    async apply(agproxy) {
      const { hooks, retiring, server } = agproxy;
      const passes = new Passes(await pageKey(settings));
      const visitors = new Visitors(passes, server.port);
      const live = new Live(agproxy);
      live.follow(hooks);
      agproxy.session((incoming) => visitors.callerOf(incoming));
      pageRoutes(agproxy);
      signInRoutes(agproxy, passes, visitors);
      accountRoutes(agproxy, visitors);
      viewRoutes(agproxy, visitors, live);
      retiring.addEventListener("abort", () => live.close(), { once: true });
    },
  });
  return Object.assign(plugin, { settings });
}

/** `agproxy dashboard`: prints a link that signs a browser in, once. */
export async function runDashboard(line: PluginCommandLine): Promise<number> {
  const { dashboardCommand } = await import("./dashboard-command.ts");
  return dashboardCommand(line);
}
