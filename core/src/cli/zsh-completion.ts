import { bareOptions, type CommandWords, type OptionWords } from "./completion-words.ts";

/** A script for zsh: a file of its function path, or one to be sourced after `compinit`. */
export function zshCompletion(commands: readonly CommandWords[]): string {
  const summaries = commands.map(({ name, summary }) => quoted(`${name}:${summary}`));
  return `#compdef agproxy
# Completes agproxy's words in zsh. Put this file as _agproxy into a folder of $fpath:
#   agproxy completion zsh > "\${fpath[1]}/_agproxy"
# or load it from ~/.zshrc, after compinit:
#   source <(agproxy completion zsh)
_agproxy() {
  local context state state_descr line
  local -A opt_args
  local -a commands
  commands=(
${summaries.map((summary) => `    ${summary}`).join("\n")}
  )
  _arguments -C ${bareOptions.map(optionSpec).join(" ")} '1:command:->command' '*::argument:->argument'
  case $state in
    command) _describe command commands ;;
    argument)
      case $words[1] in
${commands.map(commandCase).join("\n")}
      esac
      ;;
  esac
}
if [[ $funcstack[1] == _agproxy ]]; then
  _agproxy "$@"
else
  compdef _agproxy agproxy
fi
`;
}

function commandCase({ name, options, choices }: CommandWords): string {
  const argument = choices.length === 0 ? [] : [quoted(`1:argument:(${choices.join(" ")})`)];
  const specs = [...options.map(optionSpec), ...argument];
  return `        ${name}) _arguments ${specs.join(" ")} ;;`;
}

function optionSpec({ flag, text, takesValue, values }: OptionWords): string {
  const hint = text.replaceAll(/[[\]:\\]/g, String.raw`\$&`);
  const value = values === "files" ? "_files" : values.length === 0 ? " " : `(${values.join(" ")})`;
  return quoted(`${flag}${takesValue ? "=" : ""}[${hint}]${takesValue ? `:value:${value}` : ""}`);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
