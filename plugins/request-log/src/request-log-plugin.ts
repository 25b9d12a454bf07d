import type { Cost, Plugin } from "@agproxy/core";

/** The plugin, and what its commands ask of it. */
export interface RequestLogPlugin extends Plugin {
  /** The path of the SQLite file. */
  readonly logFile: string;
  readonly cost: Cost;
  /** Whether there is a table of prices. */
  readonly isPriced: boolean;
}

/** The config's own plugin: it knows where the gateway writes. */
export function requestLogOf(plugins: readonly Plugin[]): RequestLogPlugin {
  const found = plugins.find((plugin) => isRequestLog(plugin));
  if (found !== undefined) return found;
  throw new Error(
    `The config has no request-log plugin, so nothing was kept. Add it: defaults({ "request-log": {} }), or requestLog() of @agproxy/plugin-request-log.`,
  );
}

function isRequestLog(plugin: Plugin): plugin is RequestLogPlugin {
  return plugin.name === "request-log" && "logFile" in plugin;
}
