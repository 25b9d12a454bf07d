import { bareOptions, type CommandWords, type OptionWords } from "./completion-words.ts";

/** A script for fish. */
export function fishCompletion(commands: readonly CommandWords[]): string {
  const first = commands.map(
    ({ name, summary }) =>
      `complete -c agproxy -n __fish_use_subcommand -a ${name} -d ${quoted(summary)}`,
  );
  const bare = bareOptions.map((option) => optionLine("__fish_use_subcommand", option));
  return `# Completes agproxy's words in fish. Put this file where fish looks for such files:
#   agproxy completion fish > ~/.config/fish/completions/agproxy.fish
complete -c agproxy -f
${[...first, ...bare, ...commands.flatMap(commandLines)].join("\n")}
`;
}

function commandLines({ name, options, choices }: CommandWords): readonly string[] {
  const seen = quoted(`__fish_seen_subcommand_from ${name}`);
  // A choice is offered once.
  const unanswered = quoted(
    `__fish_seen_subcommand_from ${name}; and not __fish_seen_subcommand_from ${choices.join(" ")}`,
  );
  return [
    ...options.map((option) => optionLine(seen, option)),
    ...(choices.length === 0
      ? []
      : [`complete -c agproxy -n ${unanswered} -a ${quoted(choices.join(" "))}`]),
  ];
}

function optionLine(
  condition: string,
  { flag, short, text, takesValue, values }: OptionWords,
): string {
  const letter = short === undefined ? "" : ` -s ${short.slice(1)}`;
  const value = values === "files" ? " -rF" : ` -x -a ${quoted(values.join(" "))}`;
  return `complete -c agproxy -n ${condition} -l ${flag.slice(2)}${letter}${takesValue ? value : ""} -d ${quoted(text)}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll(/[\\']/g, String.raw`\$&`)}'`;
}
