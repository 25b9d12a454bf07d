import type { CommandOption, PluginCommand } from "../config/distribution.ts";
import { levels } from "../config/settings.ts";

/** All options by their names; each means the same for every command that takes it. */
export const options = {
  config: {
    type: "string",
    value: "FILE",
    choices: "files",
    text: "the config file (default: agproxy.config.* in this directory)",
  },
  host: { type: "string", value: "HOST", text: "where to listen, above AGPROXY_HOST and the file" },
  port: { type: "string", value: "PORT", text: "where to listen, above AGPROXY_PORT and the file" },
  "log-level": {
    type: "string",
    value: "LEVEL",
    choices: levels,
    text: "silent, error, warn, info or debug, above the file",
  },
  "env-file": {
    type: "string",
    value: "FILE",
    choices: "files",
    text: "read variables from a file such as .env; those that are set already stay",
  },
  watch: {
    type: "boolean",
    text: "start: apply changes of the config at once (default on a terminal); status: show it again each second",
  },
  "no-watch": { type: "boolean", text: "apply them on SIGHUP alone" },
  workers: {
    type: "string",
    value: "N",
    text: "so many processes behind one port, or auto for one on each processor",
  },
  "log-file": {
    type: "string",
    value: "FILE",
    choices: "files",
    text: "write the log to a file as well, as JSON; SIGHUP opens it again",
  },
  json: { type: "boolean", text: "write JSON, for programs" },
  client: {
    type: "string",
    value: "NAME",
    choices: "clients",
    text: "print how a client is pointed here",
  },
  model: {
    type: "string",
    value: "NAME",
    text: "the model that is meant, such as the one that a client is told to use",
  },
  write: { type: "boolean", text: "write the file, never over one that is there" },
  system: { type: "boolean", text: "for the whole machine, not for you alone (default for root)" },
  help: { type: "boolean", short: "h", text: "this help" },
  version: { type: "boolean", short: "v", text: "the version" },
} as const satisfies Readonly<Record<string, CommandOption>>;

export type OptionName = keyof typeof options;

/** One command, as the help shows it. */
export interface Command {
  readonly summary: string;
  /** What follows the command's name. */
  readonly argument?: string;
  /** All that the argument can be, where that is known. */
  readonly choices?: readonly string[];
  /** Whether more words may follow the argument. */
  readonly takesMore?: boolean;
  readonly options: readonly string[];
  /** Options that go with one first word only, or with another option: what each needs, such as `add` or `--client`. */
  readonly needs?: Readonly<Record<string, string>>;
}

const source = ["config", "env-file"] as const satisfies readonly OptionName[];

/** All commands by their names. */
const commands = {
  start: {
    summary: "start the gateway",
    options: [
      "host",
      "port",
      "workers",
      "log-level",
      "log-file",
      "json",
      "watch",
      "no-watch",
      ...source,
    ],
  },
  check: {
    summary: "validate the config and probe each account",
    options: ["json", "host", "port", ...source],
  },
  status: {
    summary: "show what each account of the running gateway is doing",
    options: ["watch", "json"],
  },
  init: {
    summary: "write a config, or print with --client how a client is pointed here",
    options: ["client", "model", "write", "host", "port", ...source],
    needs: {
      model: "--client",
      host: "--client",
      port: "--client",
      config: "--client",
      "env-file": "--client",
    },
  },
  accounts: {
    summary: "show, change and test the accounts of the accounts file, while agproxy runs",
    argument: "list | add KIND | remove | enable | disable | test LABEL",
    choices: ["list", "add", "remove", "enable", "disable", "test"],
    takesMore: true,
    options: ["json", ...source],
  },
  "create-plugin": {
    summary: "write the folder of a new plugin, which builds, tests and publishes",
    argument: "PLUGIN",
    options: [],
  },
  plugins: {
    summary: "list the plugins, the hooks they tap, and their order",
    options: ["json", "host", "port", ...source],
  },
  explain: {
    summary: "show which rule maps a model name, and why",
    argument: "MODEL",
    options: ["json", "host", "port", ...source],
  },
  service: {
    summary: "print a systemd unit that keeps agproxy running, or write it",
    argument: "install",
    choices: ["install"],
    options: ["write", "system", "host", "port", "log-level", ...source],
  },
  completion: {
    summary: "print what completes agproxy's words in a shell",
    argument: "bash | zsh | fish",
    choices: ["bash", "zsh", "fish"],
    options: [],
  },
} as const satisfies Readonly<Record<string, Command>>;

export type CommandName = keyof typeof commands;

/** The commands of core and those that plugins bring, with all options. */
export interface CommandTable {
  readonly commands: Readonly<Record<string, Command>>;
  readonly options: Readonly<Record<string, CommandOption>>;
  /** Those that plugins bring. */
  readonly brought: Readonly<Record<string, PluginCommand>>;
}

/** The table of all commands. */
export function commandTable(brought: Readonly<Record<string, PluginCommand>> = {}): CommandTable {
  const own = Object.entries(brought).map(([name, { options, ...command }]) => {
    const taken = [...Object.keys(options), "json", ...source];
    return [name, { ...command, options: taken }] as const;
  });
  const ownOptions = Object.values(brought).map(({ options }) => options);
  return {
    commands: { ...commands, ...Object.fromEntries(own) },
    options: Object.assign({}, ...ownOptions, options) as CommandTable["options"],
    brought,
  };
}

export function isCommand(name: string): name is CommandName {
  return Object.hasOwn(commands, name);
}
