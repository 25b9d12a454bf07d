import type { Thinking, ThinkingLevel } from "./families.ts";

/** How much a request lets the model think: a level, a budget, or nothing for the model's own default. */
export interface ThinkingAmount {
  readonly thinkingLevel?: ThinkingLevel;
  readonly thinkingBudget?: number;
}

/**
 * Tokens that thinking may take at each level. Google publishes none; these are the budgets that its
 * OpenAI-compatible endpoint gives for the same words, and for `minimal` half of that: it hardly thinks.
 * Source: https://ai.google.dev/gemini-api/docs/openai#thinking
 */
const levelTokens: Readonly<Record<ThinkingLevel, number>> = {
  minimal: 512,
  low: 2048,
  medium: 8192,
  high: 24_576,
};

/**
 * What a budget model thinks at most where the request says nothing.
 * Source: https://ai.google.dev/gemini-api/docs/thinking ("Auto, up to 8,192 tokens")
 */
const autoTokens = 8192;

/** Google says that a model may overrun its budget. */
const overrunTokens = 256;

/**
 * How many tokens of `maxOutputTokens` thinking may take. What is left is for the answer: a limit below it may give no
 * text at all.
 */
export function thinkingRoom(thinking: Thinking, amount: ThinkingAmount): number {
  if (thinking.by === "nothing") return 0;
  if (thinking.by === "level") return levelTokens[amount.thinkingLevel ?? defaultLevel(thinking)];
  const { thinkingBudget: budget = autoTokens } = amount;
  if (budget === 0) return 0;
  // -1 is the default.
  return (budget < 0 ? autoTokens : budget) + overrunTokens;
}

/** Thinking turned down as far as the family allows. */
export function leastThinking(thinking: Thinking): ThinkingAmount {
  if (thinking.by === "nothing") return {};
  if (thinking.by === "budget") return { thinkingBudget: thinking.off ? 0 : thinking.min };
  const [lowest] = thinking.levels;
  return lowest === undefined ? {} : { thinkingLevel: lowest };
}

/**
 * As much thinking as leaves the rest of `tokens` free, and no more than was wished. Undefined where even the least
 * takes more.
 */
export function thinkingWithin(
  thinking: Thinking,
  wish: ThinkingAmount,
  tokens: number,
): ThinkingAmount | undefined {
  if (thinkingRoom(thinking, wish) <= tokens) return wish;
  if (thinking.by === "budget" && tokens - overrunTokens >= thinking.min) {
    return { thinkingBudget: Math.floor(tokens) - overrunTokens };
  }
  const lower = thinking.by === "level" ? thinking.levels.toReversed() : [];
  const amounts = [
    ...lower.map((thinkingLevel) => ({ thinkingLevel })),
    leastThinking(thinking),
  ].filter((amount) => thinkingRoom(thinking, amount) < thinkingRoom(thinking, wish));
  return amounts.find((amount) => thinkingRoom(thinking, amount) <= tokens);
}

function defaultLevel(thinking: Thinking & { readonly by: "level" }): ThinkingLevel {
  return thinking.byDefault ?? thinking.levels.at(-1) ?? "high";
}
