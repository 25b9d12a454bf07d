import { misplaced } from "./exposed.ts";
import type { Plugin } from "./plugin.ts";

/**
 * The version of what core and plugins promise each other. It grows when a plugin that works would not work any more.
 *
 * @example
 * const versioned: Plugin = { name: "mine", apiVersion: 1, apply: () => {} };
 */
export const apiVersion = 1;

/** Why a plugin cannot be applied among these; undefined where it can. */
export function needsFault(plugin: Plugin, plugins: readonly Plugin[]): string | undefined {
  const { name, requires = [], apiVersion: made = apiVersion } = plugin;
  if (made !== apiVersion) {
    const which = made > apiVersion ? "a newer agproxy" : "an older agproxy";
    const advice =
      made > apiVersion ? "Update agproxy, or install an older" : "Update it, or install a newer";
    return `It was made for ${which}: for version ${made} of the plugin interface, and this agproxy has version ${apiVersion}. ${advice} version of the package that "${name}" comes from.`;
  }
  const names = plugins.map((each) => each.name);
  for (const other of requires) {
    const fault = misplaced(names, name, other);
    if (fault !== undefined) return fault;
  }
  return undefined;
}
