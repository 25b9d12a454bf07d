import { parseArgs } from "node:util";
import { nearestName } from "../kit/options.ts";
import { ConfigError, readLevel, readPort } from "../config/settings.ts";
import type { Command, CommandTable, OptionName, options } from "./commands.ts";

/** A command line that is understood. */
export interface CommandLine {
  /** A name in the table. Absent where help or the version is asked for. */
  readonly command: string | undefined;
  /** What follows it. */
  readonly words: readonly string[];
  readonly values: Values;
  /** All that was given, also the options that plugins bring. */
  readonly given: Readonly<Record<string, string | boolean | undefined>>;
}

type Values = {
  readonly [Name in OptionName]?: (typeof options)[Name]["type"] extends "boolean"
    ? boolean
    : string;
};

/** A command line that is not understood. Its message says what would be. */
export class CommandLineError extends ConfigError {}

/** Reads a command line. Throws a `CommandLineError` for whatever the command does not take. */
export function readCommandLine(args: readonly string[], table: CommandTable): CommandLine {
  const { tokens, values, positionals } = parseArgs({
    args: [...args],
    options: table.options,
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  const [first, ...rest] = positionals;
  const isHelp = first === undefined || first === "help";
  const name = isHelp ? rest[0] : first;
  const command = name === undefined ? undefined : table.commands[name];
  if (name !== undefined && (command === undefined || !Object.hasOwn(table.commands, name))) {
    throw unknownCommand(name, table);
  }
  for (const token of tokens) {
    if (token.kind === "option") checkOption(token.name, token.rawName, token.value, name, table);
  }
  if (!isHelp && command !== undefined && name !== undefined) {
    if (!(name in table.brought)) checkArguments(name, command, rest, values["help"] === true);
    if (values["help"] !== true) checkNeeds(name, command, rest[0], values);
  }
  const given = isHelp ? { ...values, help: values["version"] !== true } : values;
  return {
    command: name,
    words: isHelp ? [] : rest,
    values: given,
    given,
  };
}

function unknownCommand(name: string, { commands }: CommandTable): CommandLineError {
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
  command: string | undefined,
  table: CommandTable,
): void {
  const option = Object.hasOwn(table.options, name) ? table.options[name] : undefined;
  const taken = optionsOf(command, table);
  if (option === undefined) {
    const meant = nearestName(name, command === undefined ? Object.keys(table.options) : taken);
    const advice = meant === undefined ? "" : ` Did you mean --${meant}?`;
    throw new CommandLineError(`there is no option ${written}.${advice} ${seeHelp(command)}`);
  }
  if (command !== undefined && !taken.includes(name)) {
    throw new CommandLineError(`agproxy ${command} takes no --${name}. ${seeHelp(command)}`);
  }
  if (option.type === "string" && (value === undefined || value === "")) {
    throw new CommandLineError(`--${name} needs a value: --${name} ${option.value}`);
  }
  if (option.type === "boolean" && value !== undefined) {
    throw new CommandLineError(`--${name} takes no value.`);
  }
  try {
    readers[name]?.(value);
  } catch (thrown) {
    throw new CommandLineError(thrown instanceof Error ? thrown.message : String(thrown), {
      cause: thrown,
    });
  }
}

/** Those of settings that also stand in the config: a wrong one here is a mistake of the command line. */
const readers: Readonly<Record<string, (value: string | undefined) => unknown>> = {
  port: readPort,
  "log-level": readLevel,
};

/** Nothing is ignored: an option that another word or option of the command takes is refused without it. */
function checkNeeds(
  name: string,
  { needs = {} }: Command,
  word: string | undefined,
  values: Readonly<Record<string, unknown>>,
): void {
  for (const option of Object.keys(values)) {
    const need = needs[option];
    if (need === undefined || need === word || values[need.replace(/^--/, "")] !== undefined) {
      continue;
    }
    throw new CommandLineError(`--${option} goes with agproxy ${name} ${need}. ${seeHelp(name)}`);
  }
}

function checkArguments(
  name: string,
  { argument, choices, takesMore = false }: Command,
  given: readonly string[],
  isHelp: boolean,
): void {
  const [extra] = argument === undefined ? given : given.slice(1);
  if (extra !== undefined && !takesMore) {
    const isConfig = argument === undefined && /\.(?:[cm]?[jt]s|json|ya?ml)$/.test(extra);
    const meant = isConfig ? "config" : name === "init" ? "client" : undefined;
    const advice = meant === undefined ? seeHelp(name) : `Did you mean --${meant} ${extra}?`;
    throw new CommandLineError(`agproxy ${name} does not take "${extra}". ${advice}`);
  }
  const [subject] = given;
  if (argument === undefined || isHelp) return;
  if (choices !== undefined && (subject === undefined || !choices.includes(subject))) {
    const fault = subject === undefined ? "" : `agproxy ${name} does not take "${subject}". `;
    const ways = new Intl.ListFormat("en", { type: "disjunction" }).format(choices);
    throw new CommandLineError(`${fault}Say which: agproxy ${name} ${ways}`);
  }
  if (subject === undefined) {
    throw new CommandLineError(`Name a ${argument.toLowerCase()}: agproxy ${name} ${argument}`);
  }
}

function optionsOf(command: string | undefined, { commands }: CommandTable): readonly string[] {
  const own = command === undefined ? undefined : commands[command];
  return [...(own?.options ?? []), "help", "version"];
}

function seeHelp(command: string | undefined): string {
  return `See: agproxy ${command === undefined ? "" : `${command} `}--help`;
}
