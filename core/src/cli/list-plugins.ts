import { jsonLines, type Output, table } from "./print.ts";
import type { ConfigSource } from "../config/config.ts";
import { withGateway, hooksOf } from "./loaded-gateway.ts";

/** `agproxy plugins`: lists each plugin with the hooks it taps and its place among their taps. */
export function listPlugins(source: ConfigSource, { json, print }: Output): Promise<number> {
  return withGateway(source, async ({ core, plugins }) => {
    if (json) {
      const list = plugins.map((plugin) => ({
        name: plugin.name,
        hooks: hooksOf(core.hooks, plugin.name),
        description: plugin.describe?.() ?? "",
      }));
      return print(jsonLines(list));
    }
    const rows = plugins.map((plugin, index) => [
      String(index + 1),
      plugin.name,
      hooksOf(core.hooks, plugin.name)
        .map(({ hook, position }) => `${hook} #${position}`)
        .join(", "),
      plugin.describe?.() ?? "",
    ]);
    return print(`${table([["order", "plugin", "hooks", ""], ...rows])}\n`);
  });
}
