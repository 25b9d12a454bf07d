import type { Fields } from "@agproxy/core";

/** Fields of the chat API that no Gemini model can honour. The README lists them too. */
export const ignoredInChat: readonly string[] = [
  "logit_bias",
  "metadata",
  "moderation",
  "prediction",
  "prompt_cache_options",
  "prompt_cache_retention",
  "service_tier",
  "store",
  "verbosity",
];

/** Fields of the completions API that no Gemini model can honour. The README lists them too. */
export const ignoredInCompletions: readonly string[] = [
  "best_of",
  "logit_bias",
  "logprobs",
  "suffix",
];

/** Those of `names` that ask for something: null, false and empty values do not. */
export function ignoredIn(fields: Fields, names: readonly string[]): readonly string[] {
  return names.filter((name) => asks(fields.get(name)));
}

/** Whether a value asks for something. */
function asks(value: unknown): boolean {
  if (value === undefined || value === "" || value === false) return false;
  return typeof value !== "object" || value === null || Object.keys(value).length > 0;
}
