import { existsSync } from "node:fs";
import { readFile, realpath, stat } from "node:fs/promises";
import { basename, dirname, extname, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { defaultLoaders } from "cosmiconfig";
import { FaultyText, type Place } from "./code-frame.ts";
import type { Distribution } from "./distribution.ts";
import { parseJson } from "./json-with-comments.ts";
import { loadFault } from "./load-fault.ts";
import { filesOfUser, importFile, type ImportFile, resolveFrom } from "./module-hooks.ts";
import { ConfigError, type Overrides, readServer } from "./settings.ts";
import type { Plugin } from "../hooks/plugin.ts";
import { loadPlugins, type PluginEntry } from "./plugin-entries.ts";
import type { ServerSettings } from "../hooks/server-settings.ts";

/**
 * What a config file exports by default. Everything but `plugins` has a default.
 *
 * @example
 * const config: Config = { port: 8045, plugins: [shout] };
 */
export interface Config extends Partial<
  Omit<ServerSettings, "timeouts" | "limits" | "accountsFile">
> {
  readonly timeouts?: Partial<ServerSettings["timeouts"]>;
  readonly limits?: Partial<ServerSettings["limits"]>;
  /** Their order is the order of their taps. Or a preset with its changes, as JSON and YAML write it. */
  readonly plugins: readonly PluginEntry[] | PresetChoice;
}

/** A preset by its name, and what is changed about it by the names of plugins. */
interface PresetChoice {
  readonly preset: string;
  readonly [plugin: string]: unknown;
}

/** A config after loading. */
export interface LoadedConfig {
  /** Undefined where the folder has no file: the built-in config is used. */
  readonly file: string | undefined;
  readonly server: ServerSettings;
  readonly plugins: readonly Plugin[];
}

/**
 * Returns the config as it is; its parameter gives the object its types.
 *
 * @example
 * export default defineConfig({ plugins: [shout] });
 */
export function defineConfig(config: Config): Config {
  return config;
}

const searchPlaces = ["ts", "mts", "js", "mjs", "json", "yaml", "yml"].map(
  (ending) => `agproxy.config.${ending}`,
);

/** Where a config comes from. */
export interface ConfigSource {
  /** Absent: the config file in `directory`. */
  readonly file?: string | undefined;
  readonly directory: string;
  /** Absent: no plugin has a short name, and a folder without a file has no config. */
  readonly distribution?: Distribution | undefined;
  /** What comes before the file: flags of the command line, then the environment. */
  readonly overrides: Overrides;
}

/**
 * Loads the config. Throws a `ConfigError`. It never looks into parent directories: the file is a program, and one that
 * somebody else left there must not run. `importing` imports the files of the user.
 */
export async function loadConfig(
  source: ConfigSource,
  importing: ImportFile = importFile,
): Promise<LoadedConfig> {
  const { overrides, distribution } = source;
  resolveFrom(distribution?.url);
  const path = await pathOf(source);
  if (path === undefined) return builtInConfig(source);
  const name = basename(path);
  const text = await readFile(path, "utf8");
  const found = await evaluate(path, text, importing).catch((thrown: unknown) => {
    throw unloadable(path, thrown, distribution);
  });
  if (found === undefined) {
    const fault = text === "" ? "is empty" : "has no default export";
    throw new ConfigError(
      `${name} ${fault}. Write: export default defineConfig({ plugins: [ … ] })`,
    );
  }
  const config = asConfig(found, name);
  const file = { name, text };
  return {
    file: path,
    server: withPaths(readServer(config, overrides, file), dirname(path)),
    plugins: await loadPlugins(config["plugins"], {
      directory: dirname(path),
      file,
      distribution,
      importing,
    }),
  };
}

/** Files of the config are looked up from its folder. */
function withPaths(server: ServerSettings, folder: string): ServerSettings {
  const { tls } = server;
  if (tls === undefined) return server;
  return { ...server, tls: { cert: resolve(folder, tls.cert), key: resolve(folder, tls.key) } };
}

/** The config of a folder without a file. It takes nothing from that folder, which nobody has chosen on purpose. */
async function builtInConfig({
  directory,
  distribution,
  overrides,
}: ConfigSource): Promise<LoadedConfig> {
  const file = { name: "The built-in config", text: "" };
  const own = distribution === undefined ? directory : dirname(fileURLToPath(distribution.url));
  return {
    file: undefined,
    server: readServer({}, overrides, file),
    plugins: await loadPlugins(distribution?.presets.default({}), {
      directory: own,
      file,
      distribution,
      importing: importFile,
    }),
  };
}

/** The config file; undefined where the folder has none and the built-in config is used. */
async function pathOf({
  file,
  directory,
  distribution,
}: ConfigSource): Promise<string | undefined> {
  const path = file === undefined ? await findFile(directory) : resolve(directory, file);
  if (path !== undefined) await refuseForeign(path);
  else if (distribution === undefined) {
    throw new ConfigError(
      `There is no agproxy.config.ts in ${directory}. Write one with \`agproxy init\`, or name another with --config FILE.`,
    );
  }
  return path;
}

/**
 * What a file exports; undefined for an empty one. Only cosmiconfig's loaders are used: each of its explorers reads and runs
 * `.config/config.*` of the working directory first, whoever left it there, and no option prevents that.
 */
async function evaluate(path: string, text: string, importing: ImportFile): Promise<unknown> {
  if (text.trim() === "") return undefined;
  const ending = extname(path);
  if (ending === ".json") return parseJson(text);
  if (["", ".yaml", ".yml"].includes(ending)) return parseYaml(path, text);
  if (endings.includes(ending)) {
    const { default: config } = await importing(pathToFileURL(await realpath(path)).href);
    return config;
  }
  throw new ConfigError(
    `${basename(path)} ends in ${ending}, and agproxy reads ${endings.join(", ")}.`,
  );
}

function parseYaml(path: string, text: string): unknown {
  try {
    return defaultLoaders[".yaml"](path, text);
  } catch (thrown) {
    const { reason, mark } = thrown as { readonly reason?: string; readonly mark?: Place };
    if (reason === undefined || mark === undefined) throw thrown;
    const place = { line: mark.line + 1, column: mark.column + 1 };
    throw new FaultyText(reason, place, { cause: thrown });
  }
}

const endings = [".mjs", ".cjs", ".js", ".json", ".mts", ".cts", ".ts", ".yaml", ".yml"];

function asConfig(value: unknown, name: string): Readonly<Record<string, unknown>> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Readonly<Record<string, unknown>>;
  }
  throw new ConfigError(`${name} must export an object: export default defineConfig({ … })`);
}

/** The path of a directory's config file; undefined without one. */
export async function findFile(directory: string): Promise<string | undefined> {
  for (const place of searchPlaces) {
    const path = resolve(directory, place);
    if ((await stat(path).catch(() => undefined))?.isFile() === true) return path;
  }
  return undefined;
}

/** The files that a config depends on, so far as they have been asked for; some may not exist. */
export function watchedFiles({ file, directory }: ConfigSource): readonly string[] {
  const own = file === undefined ? searchPlaces : [file];
  const imported = [...filesOfUser()]
    .map((url) => fileURLToPath(url))
    .filter((path) => existsSync(path));
  return [...new Set([...own.map((name) => resolve(directory, name)), ...imported])];
}

/** Throws where a file belongs to another user: it would run with the rights of this one. */
async function refuseForeign(path: string): Promise<void> {
  const file = await stat(path).catch(() => undefined);
  if (file === undefined) throw new ConfigError(`There is no file ${path}.`);
  if (!file.isFile()) throw new ConfigError(`${path} is no file.`);
  const user = process.getuid?.();
  if (user !== undefined && file.uid !== user && file.uid !== 0) {
    throw new ConfigError(
      `${path} belongs to another user (uid ${file.uid}) and is not run. Copy it, or change its owner.`,
    );
  }
}

function unloadable(
  path: string,
  thrown: unknown,
  distribution: Distribution | undefined,
): ConfigError {
  if (thrown instanceof ConfigError) return thrown;
  const packages = [
    "agproxy",
    ...(distribution?.plugins ?? []).map((name) => `@agproxy/plugin-${name}`),
  ];
  return new ConfigError(
    `${basename(path)} cannot be loaded: ${loadFault(path, thrown, packages)}`,
    { cause: thrown },
  );
}
