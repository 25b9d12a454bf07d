import { bashCompletion } from "./bash-completion.ts";
import { clientNames } from "../config/client-catalogue.ts";
import type { CommandTable } from "./commands.ts";
import { completionWords, type CommandWords } from "./completion-words.ts";
import { fishCompletion } from "./fish-completion.ts";
import { ConfigError } from "../config/settings.ts";
import type { Print } from "./print.ts";
import { zshCompletion } from "./zsh-completion.ts";

const scripts: ReadonlyMap<string, (commands: readonly CommandWords[]) => string> = new Map([
  ["bash", bashCompletion],
  ["zsh", zshCompletion],
  ["fish", fishCompletion],
]);

/** `agproxy completion SHELL`: prints a script that completes agproxy's words; only the script, so that it can be sourced. */
export async function completion(
  shell: string,
  table: CommandTable,
  print: Print,
): Promise<number> {
  const script = scripts.get(shell);
  if (script === undefined) throw new ConfigError(`There is no completion for ${shell}.`);
  return print(script(completionWords(table, await clientNames())));
}
