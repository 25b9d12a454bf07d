import type { Command, CommandTable } from "./commands.ts";
import { wrapped } from "./print.ts";

/** The help of all commands. */
export function generalHelp(table: CommandTable, version: string): string {
  const rows = Object.entries(table.commands).map(([name, command]) => [
    title(name, command),
    command.summary,
  ]);
  return `agproxy ${version}: a gateway whose every concern is a plugin

${columns(rows)}

  agproxy COMMAND --help    list its options, such as --config and --port
  agproxy --version         print the version
`;
}

/** The help of one command, or of one of its first words; empty for a name that is none. */
export function commandHelp(
  { commands, options }: CommandTable,
  name: string,
  word?: string,
): string {
  const command = commands[name];
  if (command === undefined) return "";
  const { choices = [], needs = {} } = command;
  const isTaken = (option: string) =>
    word === undefined || !choices.includes(needs[option] ?? "") || needs[option] === word;
  const rows = [...command.options.filter(isTaken), "help"].flatMap((option) => {
    const { value, text } = options[option] ?? {};
    return text === undefined
      ? []
      : [[`--${option}${value === undefined ? "" : ` ${value}`}`, text]];
  });
  const head = wrapped(`${title(name, command)}: ${command.summary}`, helpWidth, "  ");
  return `${head}\n\n${columns(rows)}\n`;
}

function title(name: string, { argument }: Command): string {
  return `agproxy ${name}${argument === undefined ? "" : ` ${argument}`}`;
}

/** What fits into the narrowest terminals that are usual. */
const helpWidth = 80;

/** The widest that the first column gets. */
const maxFirstColumn = 30;

function columns(rows: readonly (readonly string[])[]): string {
  // One that is longer has its text on the next line, or that of all others would stand in a sliver.
  const width = Math.min(maxFirstColumn, Math.max(...rows.map(([first = ""]) => first.length)));
  const indent = " ".repeat(width + 4);
  return rows
    .map(([first = "", second = ""]) =>
      first.length <= width
        ? wrapped(`  ${first.padEnd(width)}  ${second}`, helpWidth, indent)
        : `  ${first}\n${wrapped(indent + second, helpWidth, indent)}`,
    )
    .join("\n");
}
