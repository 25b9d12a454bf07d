import { stat } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import { cosmiconfig } from "cosmiconfig";
import { ConfigError, readServer } from "./settings.ts";
import type { Plugin } from "../hooks/plugin.ts";
import { loadPlugins, type PluginEntry } from "./plugin-entries.ts";
import type { ServerSettings } from "../hooks/server-settings.ts";
import type { Timeouts } from "../http/calls.ts";

/** What `agproxy.config.ts` exports by default. Everything but `plugins` has a default. */
export interface Config extends Partial<Omit<ServerSettings, "timeouts">> {
  readonly timeouts?: Partial<Timeouts>;
  /** In the order in which they act. */
  readonly plugins: readonly PluginEntry[];
}

/** A config that was found, read and understood. */
export interface LoadedConfig {
  readonly file: string;
  readonly server: ServerSettings;
  readonly plugins: readonly Plugin[];
}

/** The identity function, for the types. */
export function defineConfig(config: Config): Config {
  return config;
}

const searchPlaces = ["ts", "mts", "js", "mjs", "json", "yaml", "yml"].map(
  (ending) => `agproxy.config.${ending}`,
);

export interface ConfigSource {
  /** The file; absent means the one in `directory`. */
  readonly file?: string | undefined;
  readonly directory: string;
  /** What stands above the file: flags of the command line, then the environment. */
  readonly overrides: { readonly host?: string | undefined; readonly port?: string | undefined };
}

/**
 * Loads the config. Looks into one directory and never above it: the file is a program, and one that
 * somebody else left in a parent directory must not run. Throws a `ConfigError`.
 */
export async function loadConfig({
  file,
  directory,
  overrides,
}: ConfigSource): Promise<LoadedConfig> {
  const explorer = cosmiconfig("agproxy", { searchPlaces, searchStrategy: "none", cache: false });
  const path = file === undefined ? await ownFile(directory) : resolve(directory, file);
  await refuseForeign(path);
  const found = await explorer.load(path).catch((thrown: unknown) => {
    throw unloadable(path, thrown);
  });
  const name = basename(path);
  if (found === null || found.isEmpty === true || found.config === undefined) {
    const fault = (await stat(path)).size === 0 ? "is empty" : "has no default export";
    throw new ConfigError(
      `${name} ${fault}. Write: export default defineConfig({ plugins: [ … ] })`,
    );
  }
  const config = asConfig(found.config, name);
  return {
    file: path,
    server: readServer(config, overrides, name),
    plugins: await loadPlugins(config["plugins"], dirname(path), name),
  };
}

function asConfig(value: unknown, name: string): Readonly<Record<string, unknown>> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Readonly<Record<string, unknown>>;
  }
  throw new ConfigError(`${name} must export an object: export default defineConfig({ … })`);
}

/** The config file of a directory, if there is one. */
export async function findFile(directory: string): Promise<string | undefined> {
  for (const place of searchPlaces) {
    const path = resolve(directory, place);
    if ((await stat(path).catch(() => undefined))?.isFile() === true) return path;
  }
  return undefined;
}

async function ownFile(directory: string): Promise<string> {
  const path = await findFile(directory);
  if (path !== undefined) return path;
  throw new ConfigError(
    `There is no agproxy.config.ts in ${directory}. Write one with \`agproxy init\`, or name another with --config FILE.`,
  );
}

/** A config runs with all rights of its user, so one that belongs to another user is not run. */
async function refuseForeign(path: string): Promise<void> {
  const file = await stat(path).catch(() => undefined);
  if (file === undefined) throw new ConfigError(`There is no file ${path}.`);
  const user = process.getuid?.();
  if (user !== undefined && file.uid !== user && file.uid !== 0) {
    throw new ConfigError(
      `${path} belongs to another user (uid ${file.uid}) and is not run. Copy it, or change its owner.`,
    );
  }
}

function unloadable(path: string, thrown: unknown): ConfigError {
  if (thrown instanceof ConfigError) return thrown;
  const why = thrown instanceof Error ? thrown.message : String(thrown);
  return new ConfigError(`${basename(path)} cannot be loaded: ${why}`, { cause: thrown });
}
