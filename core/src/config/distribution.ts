import type { Plugin } from "../hooks/plugin.ts";
import type { ShownExchange } from "../request/exchange-record.ts";
import type { ServerSettings } from "../hooks/server-settings.ts";

/** What the package that people install adds to core: the plugins that come with it, and presets of them. */
export interface Distribution {
  /** A module of the package, from which its plugins are resolved. */
  readonly url: string;
  /** The short names of its plugins: `x` is `@agproxy/plugin-x`. */
  readonly plugins: readonly string[];
  /** The package.json of the plugin that new ones are made of, as a URL. */
  readonly pluginTemplate: string;
  /** Each makes a list of plugin entries. `default` is also the config of a folder without a file. */
  readonly presets: Readonly<Record<"default", (options: object) => readonly unknown[]>>;
  /** The commands of its plugins, by their names. Default: none. */
  readonly commands?: Readonly<Record<string, PluginCommand>>;
}

/** An option of the command line. */
export interface CommandOption {
  readonly type: "string" | "boolean";
  readonly short?: string;
  /** What stands for its value in the help. */
  readonly value?: string;
  /** All that its value can be, as far as that is known: `files` for a path, `clients` for the names of clients. */
  readonly choices?: readonly string[] | "files" | "clients";
  readonly text: string;
}

/** A command that a plugin brings. What the help shows stands here, so that the help loads no plugin. */
export interface PluginCommand {
  readonly summary: string;
  /** What follows the command's name, as the help shows it. Absent: nothing does. */
  readonly argument?: string;
  /** All that the first word of it can be, where that is known. */
  readonly choices?: readonly string[];
  /** Its own options, by their names. `--config`, `--env-file` and `--json` it has as well. */
  readonly options: Readonly<Record<string, CommandOption>>;
  /** Options that go with one first word only, or with another option: what each needs, such as `add` or `--client`. */
  readonly needs?: Readonly<Record<string, string>>;
  /** Loads what runs it. */
  load(): Promise<RunCommand>;
}

/** Runs a command; resolves with the exit code. What it throws as a plain `Error` is told to the user. */
export type RunCommand = (line: PluginCommandLine) => Promise<number>;

/** What a command of a plugin is called with. */
export interface PluginCommandLine {
  /** What follows the command's name. */
  readonly words: readonly string[];
  readonly options: Readonly<Record<string, string | boolean | undefined>>;
  /** The plugins of the config, not applied. */
  readonly plugins: readonly Plugin[];
  readonly server: ServerSettings;
  readonly json: boolean;
  /** An exchange on one line, and a second one where it failed: as the log has it on a terminal. Ends with a line feed. */
  readonly exchangeLine: (exchange: ShownExchange) => string;
  /** Rows as text, in columns. */
  readonly table: (rows: readonly (readonly string[])[]) => string;
  /** Writes to standard output. */
  readonly print: (text: string) => number;
  /** Writes to standard error. */
  readonly warn: (text: string) => number;
}
