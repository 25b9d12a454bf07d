import { parseArgs } from "node:util";
import { nearestName } from "../kit/options.ts";
import { ConfigError } from "../config/settings.ts";
import {
  type Command,
  type CommandName,
  commands,
  isCommand,
  type OptionName,
  options,
} from "./commands.ts";

/** A command line that is understood. */
export interface CommandLine {
  /** Absent where help or the version is asked for. */
  readonly command: CommandName | undefined;
  readonly argument: string | undefined;
  readonly values: Values;
}

type Values = {
  readonly [Name in OptionName]?: (typeof options)[Name]["type"] extends "boolean"
    ? boolean
    : string;
};

/** A command line that is not understood. Its message says what would be. */
export class CommandLineError extends ConfigError {}

/** Reads a command line. Throws a `CommandLineError` for whatever the command does not take. */
export function readCommandLine(args: readonly string[]): CommandLine {
  const { tokens, values, positionals } = parseArgs({
    args: [...args],
    options,
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  const [first, ...rest] = positionals;
  const isHelp = first === undefined || first === "help";
  const [subject] = rest;
  const name = isHelp ? subject : first;
  if (name !== undefined && !isCommand(name)) throw unknownCommand(name);
  for (const token of tokens) {
    if (token.kind === "option") checkOption(token.name, token.rawName, token.value, name);
  }
  const command = name === undefined ? undefined : commands[name];
  if (!isHelp && command !== undefined && name !== undefined) {
    checkArguments(name, command, rest, values["help"] === true);
  }
  const given = isHelp ? { ...values, help: values["version"] !== true } : values;
  return { command: name, argument: isHelp ? undefined : subject, values: given as Values };
}

function unknownCommand(name: string): CommandLineError {
  const meant = nearestName(name, Object.keys(commands));
  const advice =
    meant === undefined
      ? `There are: ${Object.keys(commands).join(", ")}.`
      : `Did you mean: agproxy ${meant}`;
  return new CommandLineError(`there is no command "${name}".\n${advice}`);
}

function checkOption(
  name: string,
  written: string,
  value: string | undefined,
  command: CommandName | undefined,
): void {
  if (!isOption(name)) {
    const known = command === undefined ? Object.keys(options) : [...optionsOf(command)];
    const meant = nearestName(name, known);
    const advice = meant === undefined ? "" : ` Did you mean --${meant}?`;
    throw new CommandLineError(`there is no option ${written}.${advice} ${seeHelp(command)}`);
  }
  if (command !== undefined && !optionsOf(command).has(name)) {
    throw new CommandLineError(`agproxy ${command} takes no --${name}. ${seeHelp(command)}`);
  }
  const { type } = options[name];
  if (type === "string" && (value === undefined || value === "")) {
    throw new CommandLineError(`--${name} needs a value: --${name} ${options[name].value}`);
  }
  if (type === "boolean" && value !== undefined) {
    throw new CommandLineError(`--${name} takes no value.`);
  }
}

function checkArguments(
  name: CommandName,
  { argument }: Command,
  given: readonly string[],
  isHelp: boolean,
): void {
  const [extra] = argument === undefined ? given : given.slice(1);
  if (extra !== undefined) {
    const isConfig = argument === undefined && /\.(?:[cm]?[jt]s|json|ya?ml)$/.test(extra);
    const meant = isConfig ? "config" : name === "init" ? "client" : undefined;
    const advice = meant === undefined ? seeHelp(name) : `Did you mean --${meant} ${extra}?`;
    throw new CommandLineError(`agproxy ${name} does not take "${extra}". ${advice}`);
  }
  if (argument !== undefined && given.length === 0 && !isHelp) {
    throw new CommandLineError(`Name a ${argument.toLowerCase()}: agproxy ${name} ${argument}`);
  }
}

function isOption(name: string): name is OptionName {
  return Object.hasOwn(options, name);
}

function optionsOf(command: CommandName): ReadonlySet<string> {
  return new Set<string>([...commands[command].options, "help", "version"]);
}

function seeHelp(command: CommandName | undefined): string {
  return `See: agproxy ${command === undefined ? "" : `${command} `}--help`;
}
