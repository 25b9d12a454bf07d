import type { Distribution } from "@agproxy/core/cli";

type PluginCommand = NonNullable<Distribution["commands"]>[string];

const place = (value: string) =>
  ({ type: "string", value, text: "where the gateway listens, if not as the file says" }) as const;

/** `agproxy dashboard`, which the plugin of that name runs. */
export const dashboardCommand: PluginCommand = {
  summary: "print a link that opens the dashboard, once",
  options: { host: place("HOST"), port: place("PORT") },
  load: async () => (await import("@agproxy/plugin-dashboard")).runDashboard,
};
