/** An option of the command line. */
interface CommandOption {
  readonly type: "string" | "boolean";
  readonly short?: string;
  /** What stands for its value in the help. */
  readonly value?: string;
  readonly text: string;
}

/** All options by their names; each means the same for every command that takes it. */
export const options = {
  config: {
    type: "string",
    value: "FILE",
    text: "the config file (default: agproxy.config.* in this directory)",
  },
  host: { type: "string", value: "HOST", text: "where to listen, above AGPROXY_HOST and the file" },
  port: { type: "string", value: "PORT", text: "where to listen, above AGPROXY_PORT and the file" },
  "log-level": {
    type: "string",
    value: "LEVEL",
    text: "silent, error, warn, info or debug, above the file",
  },
  "env-file": {
    type: "string",
    value: "FILE",
    text: "read variables from a file such as .env; those that are set already stay",
  },
  json: { type: "boolean", text: "write JSON, for programs" },
  client: { type: "string", value: "NAME", text: "print how a client is pointed here" },
  model: { type: "string", value: "NAME", text: "the model that the client is told to use" },
  write: { type: "boolean", text: "write the client's file, never over one that is there" },
  help: { type: "boolean", short: "h", text: "this help" },
  version: { type: "boolean", short: "v", text: "the version" },
} as const satisfies Readonly<Record<string, CommandOption>>;

export type OptionName = keyof typeof options;

/** One command, as the help shows it. */
export interface Command {
  readonly summary: string;
  /** What follows the command's name. */
  readonly argument?: string;
  readonly options: readonly OptionName[];
}

const source = ["config", "env-file"] as const satisfies readonly OptionName[];

/** All commands by their names. */
export const commands = {
  start: {
    summary: "start the gateway",
    options: ["host", "port", "log-level", ...source],
  },
  check: {
    summary: "validate the config and probe each account",
    options: ["json", "host", "port", ...source],
  },
  init: {
    summary: "write a config, or print with --client how a client is pointed here",
    options: ["client", "model", "write", "host", "port", ...source],
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
} as const satisfies Readonly<Record<string, Command>>;

export type CommandName = keyof typeof commands;

export function isCommand(name: string): name is CommandName {
  return Object.hasOwn(commands, name);
}

/** The help of all commands. */
export function generalHelp(version: string): string {
  const rows = Object.entries(commands).map(([name, command]) => [
    title(name, command),
    command.summary,
  ]);
  return `agproxy ${version}: a gateway whose every concern is a plugin

${columns(rows)}

  agproxy COMMAND --help lists the options of one command, such as --config FILE, --port PORT and --json.
  agproxy --version
`;
}

/** The help of one command. */
export function commandHelp(name: CommandName): string {
  const command: Command = commands[name];
  const rows = [...command.options, "help" as const].map((option) => {
    const { value, text }: CommandOption = options[option];
    return [`--${option}${value === undefined ? "" : ` ${value}`}`, text];
  });
  return `${title(name, command)}: ${command.summary}\n\n${columns(rows)}\n`;
}

function title(name: string, { argument }: Command): string {
  return `agproxy ${name}${argument === undefined ? "" : ` ${argument}`}`;
}

function columns(rows: readonly (readonly string[])[]): string {
  const width = Math.max(...rows.map(([first = ""]) => first.length));
  return rows.map(([first = "", second = ""]) => `  ${first.padEnd(width)}  ${second}`).join("\n");
}
