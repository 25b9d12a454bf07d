import { generation } from "../models.ts";
import type { GenerationConfig } from "../wire.ts";

type Thinking = NonNullable<GenerationConfig["thinkingConfig"]>;

type Way =
  | { readonly by: "nothing" }
  | { readonly by: "level"; readonly levels: readonly string[] }
  | { readonly by: "budget"; readonly min: number; readonly max: number; readonly off: boolean };

const nothing: Way = { by: "nothing" };
const level = (...levels: string[]): Way => ({ by: "level", levels });

/** How each family is told to think; the first row that matches counts. Source: https://ai.google.dev/gemini-api/docs/thinking */
const ways: readonly (readonly [RegExp, Way])[] = [
  [/tts|gemini-2\.\d-.*image|-pro-image/, nothing],
  [/image/, level("MINIMAL", "HIGH")],
  [/^gemma-4/, level("MINIMAL", "HIGH")],
  [/^gemini-2\.5-pro/, { by: "budget", min: 128, max: 32_768, off: false }],
  [/^gemini-2\.5-flash-lite/, { by: "budget", min: 512, max: 24_576, off: true }],
  [/^gemini-2\.5-/, { by: "budget", min: 1, max: 24_576, off: true }],
  [/-flash-lite/, level("MINIMAL", "LOW", "MEDIUM", "HIGH")],
  [/^gemini-3(\.[0-6])?-flash/, level("MINIMAL", "LOW", "MEDIUM", "HIGH")],
  [/^gemini-3-pro/, level("LOW", "HIGH")],
];

function wayOf(model: string): Way {
  if (generation(model) < 2.5 && !model.startsWith("gemma-4")) return nothing;
  const row = ways.find(([names]) => names.test(model));
  return row?.[1] ?? level("LOW", "MEDIUM", "HIGH");
}

/**
 * What is wrong with the thinking settings, for that model. Stricter than the API in one thing: it takes a
 * budget for Gemini 3 as well, and advises against it.
 */
export function thinkingFaults(model: string, thinking: Thinking): string[] {
  const { thinkingBudget, thinkingLevel, includeThoughts } = thinking;
  const way = wayOf(model);
  if (thinkingBudget !== undefined && thinkingLevel !== undefined) {
    return ["You can only set only one of thinking budget and thinking level."];
  }
  if (way.by === "nothing") {
    const isOff = (thinkingBudget ?? 0) === 0 && thinkingLevel === undefined && !includeThoughts;
    return isOff ? [] : ["Thinking is not enabled for this model."];
  }
  if (thinkingLevel !== undefined) return levelFaults(way, thinkingLevel);
  if (thinkingBudget === undefined) return [];
  if (way.by === "level") return ["Thinking budget is not supported for this model."];
  if (thinkingBudget === 0 && includeThoughts === true && way.off) {
    return ["Thinking_config.include_thoughts is only enabled when thinking is enabled."];
  }
  return budgetFaults(way, thinkingBudget);
}

function levelFaults(way: Way, level: string): string[] {
  if (way.by !== "level") return ["Thinking level is not supported for this model."];
  return way.levels.includes(level)
    ? []
    : [
        `Thinking level ${level} is not supported for this model. Please retry with other thinking level.`,
      ];
}

function budgetFaults({ min, max, off }: Way & { readonly by: "budget" }, budget: number) {
  if (budget === -1 || (budget === 0 && off)) return [];
  if (budget === 0) return ["Budget 0 is invalid. This model only works in thinking mode."];
  return budget < min || budget > max
    ? [`The thinking budget ${budget} is invalid. Please choose a value between ${min} and ${max}.`]
    : [];
}
