import type { ChatRequest, JsonObject, ReasoningEffort } from "@agproxy/core";
import type { Family, Thinking, ThinkingLevel } from "../models/families.ts";

/** Tokens for each effort, as Google's own OpenAI-compatible endpoint has them. */
const budgets: Readonly<Record<ReasoningEffort, number>> = {
  none: 0,
  minimal: 1024,
  low: 1024,
  medium: 8192,
  high: 24_576,
  xhigh: Number.POSITIVE_INFINITY,
};

/** Levels for each effort, best first; the first that the family knows is taken. */
const levels: Readonly<Record<ReasoningEffort, readonly ThinkingLevel[]>> = {
  none: ["minimal", "low"],
  minimal: ["minimal", "low"],
  low: ["low", "minimal"],
  medium: ["medium", "high"],
  high: ["high"],
  xhigh: ["high"],
};

/**
 * `generationConfig.thinkingConfig`: a level for the families that take a level, a budget for those that
 * take a budget, never both, and nothing for a family that does not think.
 * Source: https://ai.google.dev/gemini-api/docs/thinking
 */
export function thinkingConfig(
  reasoning: ChatRequest["reasoning"],
  family: Family,
): JsonObject | undefined {
  if (reasoning === undefined || family.thinking.by === "nothing") return undefined;
  const amount = reasoning.effort === undefined ? {} : amountOf(reasoning.effort, family.thinking);
  // Thoughts asked for while thinking is off are a 400.
  const include =
    reasoning.include === undefined || ("thinkingBudget" in amount && amount.thinkingBudget === 0)
      ? {}
      : { includeThoughts: reasoning.include };
  const config = { ...amount, ...include };
  return Object.keys(config).length === 0 ? undefined : config;
}

function amountOf(effort: ReasoningEffort, thinking: Thinking): JsonObject {
  if (thinking.by === "level") {
    const level = levels[effort].find((name) => thinking.levels.includes(name));
    return level === undefined ? {} : { thinkingLevel: level };
  }
  if (thinking.by === "nothing") return {};
  if (effort === "none" && thinking.off) return { thinkingBudget: 0 };
  return { thinkingBudget: Math.min(Math.max(budgets[effort], thinking.min), thinking.max) };
}
