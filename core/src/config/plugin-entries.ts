import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { isObject } from "../kit/fields.ts";
import { nearestName } from "../kit/options.ts";
import { loadFault, packageAdvice } from "./load-fault.ts";
import { listFault, listForms, pluginFault } from "./plugin-fault.ts";
import { ConfigError, type ConfigText } from "./settings.ts";
import type { Distribution } from "./distribution.ts";
import { type ImportFile, importPackage } from "./module-hooks.ts";
import { exportName, isShortName, readPluginName, type PluginName } from "./plugin-name.ts";
import type { Plugin } from "../hooks/plugin.ts";

/**
 * An entry of `plugins`: a plugin, or the name of one and its options. `false`, `null` and `undefined` are left out.
 *
 * @example
 * const entries: readonly PluginEntry[] = [shout, "rotation", ["agproxy-plugin-notes", { days: 3 }], "./whisper.js"];
 */
export type PluginEntry =
  | Plugin
  | string
  | readonly [name: string, options?: object]
  | false
  | null
  | undefined;

/** Where the entries stand. */
interface Place {
  /** What relative paths and packages are looked up from. */
  readonly directory: string;
  readonly file: ConfigText;
  readonly distribution: Distribution | undefined;
  readonly importing: ImportFile;
}

/** Turns the entries of a config file into plugins. Throws a `ConfigError` that names the entry. */
export async function loadPlugins(given: unknown, place: Place): Promise<readonly Plugin[]> {
  const entries = isObject(given) ? presetEntries(given, place) : given;
  if (!Array.isArray(entries)) {
    throw listFault(
      place.file,
      `${place.file.name}: plugins must be a list. Write: ${listForms(place.file.name)}`,
    );
  }
  const plugins: Plugin[] = [];
  for (const [index, entry] of (entries as unknown[]).entries()) {
    if (entry === false || entry === null || entry === undefined) continue;
    const where = `${place.file.name}: plugins[${index}]`;
    const plugin = isPlugin(entry) ? entry : await loadNamed(entry, place, where);
    if (plugins.some(({ name }) => name === plugin.name)) {
      const fact = `${where} is a second plugin named "${plugin.name}".`;
      throw listFault(place.file, `${fact} Remove one, or give it another name.`);
    }
    plugins.push(plugin);
  }
  return plugins;
}

/** `{ "preset": "default", "rotation": { … }, "sandbox": false, "./shout.js": {} }`, the preset for JSON and YAML. */
function presetEntries(
  { preset, ...choices }: Readonly<Record<string, unknown>>,
  { file, distribution }: Place,
): readonly unknown[] {
  const known = Object.keys(distribution?.presets ?? {});
  if (preset !== "default" || distribution === undefined) {
    const list = known.map((name) => `"${name}"`).join(", ");
    const meant = typeof preset === "string" ? nearestName(preset, known) : undefined;
    const advice =
      meant === undefined ? `There are: ${list || "none"}.` : `Did you mean "${meant}"?`;
    throw listFault(
      file,
      `${file.name}: plugins must be a list, or have a preset. ${advice} Write: "plugins": { "preset": "default" }`,
    );
  }
  const pairs = Object.entries(choices).map(
    ([name, choice]) => [name, choice === true || choice === null ? {} : choice] as const,
  );
  const own = pairs.filter(([name]) => !isShortName(name));
  try {
    return [
      ...distribution.presets.default(
        Object.fromEntries(pairs.filter(([name]) => isShortName(name))),
      ),
      ...own.map((pair) => pair[1] !== false && pair),
    ];
  } catch (thrown) {
    const unknown = /"(?<name>[^"]+)"/.exec(messageOf(thrown))?.groups?.["name"];
    throw pluginFault(file, `${file.name}: plugins: ${messageOf(thrown)}`, thrown, unknown);
  }
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

async function loadNamed(entry: unknown, place: Place, where: string): Promise<Plugin> {
  const [name, options] = Array.isArray(entry) ? (entry as unknown[]) : [entry];
  if (typeof name !== "string") {
    const hint = typeof entry === "function" ? " It is a function: did you forget to call it?" : "";
    throw listFault(
      place.file,
      `${where} is no plugin.${hint} Write a plugin such as guard(), or a name with its options such as ["guard", { … }].`,
    );
  }
  const factory = await importFactory(name, place, where);
  const plugin: unknown = await (async () => factory(options ?? undefined))().catch(
    (thrown: unknown) => {
      const why = messageOf(thrown);
      // The plugin says its own name, too.
      const said = why.replace(/^(?<own>[\w-]+): /, (own) =>
        name.endsWith(own.slice(0, -2)) ? "" : own,
      );
      throw pluginFault(place.file, `${where} (${name}): ${said}`, thrown, name);
    },
  );
  if (isPlugin(plugin)) return plugin;
  const fact = `"${name}" returned no plugin. A plugin has a name and apply().`;
  throw pluginFault(place.file, `${where}: ${fact}`, undefined, name);
}

async function importFactory(written: string, place: Place, where: string) {
  const meant = meaning(written, place, where);
  const exports = await importNamed(meant, place, where);
  const word = exportName(meant.name);
  const factory = exports[word] ?? exports["default"];
  if (typeof factory === "function") return factory as (options: unknown) => unknown;
  const fact = `"${written}" exports neither ${word}() nor a default function.`;
  throw pluginFault(place.file, `${where}: ${fact}`, undefined, written);
}

function meaning(written: string, { distribution, file }: Place, where: string): PluginName {
  try {
    return readPluginName(written, distribution?.plugins);
  } catch (thrown) {
    throw pluginFault(file, `${where}: ${messageOf(thrown)}`, thrown, written);
  }
}

async function importNamed({ kind, name }: PluginName, place: Place, where: string) {
  const parent = join(place.directory, "agproxy.config.js");
  let file: string | undefined;
  try {
    if (kind === "package") return await importPackage(name, pathToFileURL(parent).href);
    file = createRequire(parent).resolve(name);
    return await place.importing(pathToFileURL(file).href);
  } catch (thrown) {
    const official = (place.distribution?.plugins ?? []).map((each) => `@agproxy/plugin-${each}`);
    const isMissing = messageOf(thrown).includes(`'${name}'`);
    const why =
      file !== undefined || !isMissing
        ? loadFault(file ?? parent, thrown, official)
        : `there is no such ${kind === "package" ? `package. ${packageAdvice(name, official)}` : "file."}`;
    const message = `${where}: "${name}" cannot be loaded: ${why}`;
    throw isMissing
      ? pluginFault(place.file, message, thrown, name)
      : new ConfigError(message, { cause: thrown });
  }
}

function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
