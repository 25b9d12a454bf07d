import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ConfigError } from "./settings.ts";
import type { Plugin } from "../hooks/plugin.ts";

/**
 * An entry of `plugins`: a plugin, or the name of a package and its options. `false`, `null` and `undefined` are left out.
 *
 * @example
 * const entries: readonly PluginEntry[] = [shout, "agproxy-plugin-notes", ["agproxy-plugin-notes", { days: 3 }]];
 */
export type PluginEntry =
  | Plugin
  | string
  | readonly [name: string, options?: object]
  | false
  | null
  | undefined;

/** Turns the entries of a config file into plugins. Throws a `ConfigError` that names the entry. */
export async function loadPlugins(
  entries: unknown,
  directory: string,
  file: string,
): Promise<readonly Plugin[]> {
  if (!Array.isArray(entries)) {
    throw new ConfigError(`${file}: plugins must be a list. Write: plugins: [guard(), …]`);
  }
  const plugins: Plugin[] = [];
  for (const [index, entry] of (entries as unknown[]).entries()) {
    if (entry === false || entry === null || entry === undefined) continue;
    const where = `${file}: plugins[${index}]`;
    const plugin = isPlugin(entry) ? entry : await loadNamed(entry, directory, where);
    if (plugins.some(({ name }) => name === plugin.name)) {
      throw new ConfigError(
        `${where} is a second plugin named "${plugin.name}". Remove one, or give it another name.`,
      );
    }
    plugins.push(plugin);
  }
  return plugins;
}

function isPlugin(value: unknown): value is Plugin {
  return (
    typeof value === "object" &&
    value !== null &&
    "name" in value &&
    typeof value.name === "string" &&
    "apply" in value &&
    typeof value.apply === "function"
  );
}

async function loadNamed(entry: unknown, directory: string, where: string): Promise<Plugin> {
  const [name, options] = Array.isArray(entry) ? (entry as unknown[]) : [entry];
  if (typeof name !== "string") {
    const hint = typeof entry === "function" ? " It is a function: did you forget to call it?" : "";
    throw new ConfigError(
      `${where} is no plugin.${hint} Write a plugin such as guard(), or ["@agproxy/plugin-guard", { … }].`,
    );
  }
  const factory = await importFactory(name, directory, where);
  const plugin: unknown = await (async () => factory(options))().catch((thrown: unknown) => {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    throw new ConfigError(`${where}: ${why}`, { cause: thrown });
  });
  if (isPlugin(plugin)) return plugin;
  throw new ConfigError(`${where}: "${name}" returned no plugin. A plugin has a name and apply().`);
}

async function importFactory(name: string, directory: string, where: string) {
  const exports = await importPackage(name, directory, where);
  const word = exportName(name);
  const factory = exports[word] ?? exports["default"];
  if (typeof factory === "function") return factory as (options: unknown) => unknown;
  throw new ConfigError(`${where}: "${name}" exports neither ${word}() nor a default function.`);
}

async function importPackage(name: string, directory: string, where: string) {
  try {
    const path = createRequire(join(directory, "agproxy.config.js")).resolve(name);
    return (await import(pathToFileURL(path).href)) as Readonly<Record<string, unknown>>;
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message.split("\n")[0] : String(thrown);
    throw new ConfigError(
      `${where}: "${name}" cannot be loaded: ${why}. Install it with: npm install ${name}`,
      { cause: thrown },
    );
  }
}

/** The function that a package exports: `@agproxy/plugin-model-mapping` → `modelMapping`. */
function exportName(name: string): string {
  const bare = name
    .replace(/^.*\//, "")
    .replace(/^(?:agproxy-)?plugin-/, "")
    .replace(/\.\w+$/, "");
  return bare.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}
