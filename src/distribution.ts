import type { Distribution } from "@agproxy/core/cli";
import { dashboardCommand } from "./dashboard-command.ts";
import { defaults, officialPlugins } from "./defaults.ts";
import { keysCommand } from "./keys-command.ts";
import { logsCommand, statsCommand } from "./log-commands.ts";
import { loginCommand } from "./login-command.ts";

/** What this package adds to the commands of core. */
export const distribution: Distribution = {
  url: import.meta.url,
  plugins: officialPlugins,
  get pluginTemplate() {
    return import.meta.resolve("@agproxy/plugin-hello/package.json");
  },
  presets: { default: defaults },
  commands: {
    dashboard: dashboardCommand,
    keys: keysCommand,
    login: loginCommand,
    logs: logsCommand,
    stats: statsCommand,
  },
};
