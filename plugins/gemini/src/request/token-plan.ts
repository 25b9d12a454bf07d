import type { ChatRequest, JsonObject, ReasoningEffort, Sampling } from "@agproxy/core";
import { allLevels, type Family, type Thinking, type ThinkingLevel } from "../models/families.ts";
import {
  leastThinking,
  thinkingRoom,
  thinkingWithin,
  type ThinkingAmount,
} from "../models/thinking-room.ts";
import { fields } from "../shape.ts";
import { camelFields } from "./google-fields.ts";

/** How many tokens an answer may have, and how many of them are for thinking. */
export interface TokenPlan {
  readonly maxOutputTokens?: number | undefined;
  readonly thinkingConfig?: JsonObject | undefined;
}

/**
 * A client with a limit up to this, and no word about reasoning, wants a title, a class or the rest of a line. Thinking
 * about it would cost many times the answer.
 */
const smallAnswerTokens = 512;
/** What a limit that includes thinking must leave for the answer; half of it where that is less. */
const answerTokens = 2048;

/**
 * `maxOutputTokens` and `thinkingConfig`. Gemini counts thoughts as output, so a limit that only suits the answer gives
 * an empty one.
 */
export function tokenPlan(request: ChatRequest, family: Family): TokenPlan {
  const { sampling, reasoning } = request;
  const wish = amountOf(reasoning, family.thinking);
  const own = ownThinking(request);
  const isFree = own === undefined;
  const { limit, amount } =
    sampling.maxTokens === undefined
      ? aboveAnswer(sampling, isFree ? undefined : thinkingRoom(family.thinking, own))
      : isFree
        ? withinTotal(sampling.maxTokens)
        : { limit: sampling.maxTokens, amount: wish };
  return {
    maxOutputTokens: clamped(limit, family.maxOutputTokens),
    thinkingConfig: thinkingConfig(reasoning, amount, family.thinking),
  };

  function aboveAnswer({ maxAnswerTokens: answer }: Sampling, ownRoom: number | undefined) {
    if (answer === undefined) return { limit: undefined, amount: wish };
    const isAsked = (reasoning?.effort ?? "none") !== "none" || reasoning?.include === true;
    const isSmall = answer <= smallAnswerTokens && !isAsked && ownRoom === undefined;
    const chosen = isSmall ? leastThinking(family.thinking) : wish;
    return { limit: answer + (ownRoom ?? thinkingRoom(family.thinking, chosen)), amount: chosen };
  }

  function withinTotal(asked: number) {
    const total = clamped(asked, family.maxOutputTokens) ?? asked;
    const spare = total - Math.min(Math.ceil(total / 2), answerTokens);
    const fitting = thinkingWithin(family.thinking, wish, spare);
    if (fitting !== undefined) return { limit: total, amount: fitting };
    const least = leastThinking(family.thinking);
    return { limit: total + thinkingRoom(family.thinking, least), amount: least };
  }
}

/** Clients send values such as 1,000,000 tokens to mean "as much as possible"; Gemini would refuse them. */
export function clamped(wish: number | undefined, limit: number | undefined): number | undefined {
  return wish === undefined || limit === undefined ? wish : Math.min(wish, limit);
}

/** The thinking that the client wrote in Gemini's own words; it is sent as it is. */
function ownThinking({ extensions }: ChatRequest): ThinkingAmount | undefined {
  if (extensions?.google === undefined) return undefined;
  const { thinkingConfig: beside, generationConfig } = camelFields(extensions.google);
  const own = fields(beside) ?? fields(fields(generationConfig)?.thinkingConfig);
  if (own === undefined) return undefined;
  const level = String(own.thinkingLevel).toLowerCase();
  const thinkingLevel = allLevels.find((known) => known === level);
  if (thinkingLevel !== undefined) return { thinkingLevel };
  return typeof own.thinkingBudget === "number"
    ? { thinkingBudget: own.thinkingBudget }
    : undefined;
}

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
function thinkingConfig(
  reasoning: ChatRequest["reasoning"],
  amount: ThinkingAmount,
  thinking: Thinking,
): JsonObject | undefined {
  if (thinking.by === "nothing") return undefined;
  // Gemini answers 400 to a request for thoughts while thinking is off.
  const include =
    reasoning?.include === undefined || amount.thinkingBudget === 0
      ? {}
      : { includeThoughts: reasoning.include };
  const config = { ...amount, ...include };
  return Object.keys(config).length === 0 ? undefined : config;
}

function amountOf(reasoning: ChatRequest["reasoning"], thinking: Thinking): ThinkingAmount {
  const { effort, budget } = reasoning ?? {};
  if (budget !== undefined && budget > 0 && thinking.by === "budget") {
    return { thinkingBudget: Math.min(Math.max(Math.floor(budget), thinking.min), thinking.max) };
  }
  if (effort === undefined || thinking.by === "nothing") return {};
  if (thinking.by === "level") {
    const level = levels[effort].find((name) => thinking.levels.includes(name));
    return level === undefined ? {} : { thinkingLevel: level };
  }
  if (effort === "none" && thinking.off) return { thinkingBudget: 0 };
  return { thinkingBudget: Math.min(Math.max(budgets[effort], thinking.min), thinking.max) };
}
