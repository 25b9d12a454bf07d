import { bareOptions, type CommandWords, type OptionWords } from "./completion-words.ts";

/** A script for bash 3.2 and newer: macOS still has that one. */
export function bashCompletion(commands: readonly CommandWords[]): string {
  const options = new Map(
    commands.flatMap((command) => command.options.map((option) => [option.flag, option] as const)),
  );
  const withValues = [...options.values()].filter(({ takesValue }) => takesValue);
  const first = [...commands.map(({ name }) => name), ...bareOptions.map(({ flag }) => flag)];
  return `# Completes agproxy's words in bash. Put this file where bash looks for such files:
#   agproxy completion bash > ~/.local/share/bash-completion/completions/agproxy
# or load it from ~/.bashrc:
#   source <(agproxy completion bash)
_agproxy() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD - 1]}
  local command="" argument="" words="" i
  # Bash takes --option=value apart at the equals sign.
  if [[ $cur == "=" ]]; then
    cur=""
  elif [[ $prev == "=" ]]; then
    prev=\${COMP_WORDS[COMP_CWORD - 2]}
  fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    case \${COMP_WORDS[i]} in
      ${withValues.map(({ flag }) => flag).join(" | ")})
        [[ \${COMP_WORDS[i + 1]} == "=" ]] && ((i++))
        ((i++))
        ;;
      -*) ;;
      *) if [[ -z $command ]]; then command=\${COMP_WORDS[i]}; else argument=\${COMP_WORDS[i]}; fi ;;
    esac
  done
  case $prev in
${valueCases(withValues).join("\n")}
  esac
  if [[ -z $words ]]; then
    case $command in
      "") words="${first.join(" ")}" ;;
${commands.map(commandCase).join("\n")}
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -F _agproxy agproxy
`;
}

/** What follows the options whose values are the same. */
function valueCases(options: readonly OptionWords[]): readonly string[] {
  const groups = Map.groupBy(options, ({ values }) =>
    values === "files"
      ? filesAction
      : values.length === 0
        ? "return"
        : `words="${values.join(" ")}"`,
  );
  return [...groups].map(
    ([action, same]) =>
      `    ${same.map(({ flag }) => flag).join(" | ")})\n      ${action}\n      ;;`,
  );
}

const filesAction = `local IFS=$'\\n'
      compopt -o filenames 2> /dev/null
      COMPREPLY=($(compgen -f -- "$cur"))
      return`;

function commandCase({ name, options, choices }: CommandWords): string {
  const flags = options.map(({ flag }) => flag).join(" ");
  const once = choices.length === 0 ? "" : `; [[ -z $argument ]] && words+=" ${choices.join(" ")}"`;
  return `      ${name}) words="${flags}"${once} ;;`;
}
