import type { CommandOption } from "../config/distribution.ts";
import { type CommandTable, options } from "./commands.ts";

/** An option as a shell completes it. */
export interface OptionWords {
  /** With its dashes. */
  readonly flag: string;
  readonly short: string | undefined;
  readonly text: string;
  /** Whether a value follows it. */
  readonly takesValue: boolean;
  /** What its value can be; empty where nothing is known. */
  readonly values: readonly string[] | "files";
}

/** A command as a shell completes it. */
export interface CommandWords {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly OptionWords[];
  /** What its argument can be. */
  readonly choices: readonly string[];
}

/** All that can be typed after `agproxy`, from the definitions that the help and the parser read too. */
export function completionWords(
  { commands, options: known }: CommandTable,
  clients: readonly string[],
): readonly CommandWords[] {
  const own = Object.entries(commands).map(([name, command]) => ({
    name,
    summary: command.summary,
    options: [...command.options, "help"].flatMap((option) => {
      const meant = known[option];
      return meant === undefined ? [] : [optionWords(option, meant, clients)];
    }),
    choices: command.choices ?? [],
  }));
  const help = { name: "help", summary: "show what a command takes", options: [] };
  return [...own, { ...help, choices: Object.keys(commands) }];
}

/** The options that stand without a command. */
export const bareOptions: readonly OptionWords[] = [
  optionWords("help", options.help, []),
  optionWords("version", options.version, []),
];

function optionWords(
  name: string,
  { type, short, choices = [], text }: CommandOption,
  clients: readonly string[],
): OptionWords {
  return {
    flag: `--${name}`,
    short: short === undefined ? undefined : `-${short}`,
    text,
    takesValue: type === "string",
    values: choices === "clients" ? clients : choices,
  };
}
