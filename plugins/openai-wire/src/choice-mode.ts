import type { ToolChoice } from "@agproxy/core";

/** What a word of `tool_choice` asks for. `any` is other vendors' word for `required`, which clients carry over. */
export function choiceMode(word: string): ToolChoice["mode"] | undefined {
  if (word === "auto" || word === "none" || word === "required") return word;
  return word === "any" ? "required" : undefined;
}
