import { familyOf, thinkingRoom, type Thinking } from "@agproxy/plugin-gemini";
import { type Fault, vague } from "../server/fault.ts";
import type { GenerationConfig } from "../wire.ts";

type ThinkingConfig = NonNullable<GenerationConfig["thinkingConfig"]>;

/**
 * What is wrong with the thinking settings, for that model. Stricter than the API in one thing: it takes a
 * budget for Gemini 3 as well, and advises against it.
 */
export function thinkingFaults(model: string, thinking: ThinkingConfig): string[] {
  const { thinkingBudget, thinkingLevel, includeThoughts } = thinking;
  const way = familyOf(model).thinking;
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

function levelFaults(way: Thinking, level: string): string[] {
  if (way.by !== "level") return ["Thinking level is not supported for this model."];
  return way.levels.some((known) => known.toUpperCase() === level)
    ? []
    : [
        `Thinking level ${level} is not supported for this model. Please retry with other thinking level.`,
      ];
}

function budgetFaults({ min, max, off }: Thinking & { readonly by: "budget" }, budget: number) {
  if (budget === -1 || (budget === 0 && off)) return [];
  if (budget === 0) return ["Budget 0 is invalid. This model only works in thinking mode."];
  return budget < min || budget > max
    ? [`The thinking budget ${budget} is invalid. Please choose a value between ${min} and ${max}.`]
    : [];
}

/** With this much, an answer has begun however long the model thinks about a small question. */
const enoughTokens = 1024;

/**
 * A limit that thinking may use up alone. Stricter than the API, which takes the request and then answers it with no
 * text and `MAX_TOKENS`.
 */
export function roomFaults(model: string, config: GenerationConfig): Fault[] {
  const { maxOutputTokens: limit } = config;
  const room = roomIn(model, config);
  if (limit === undefined || limit > Math.min(room, enoughTokens)) return [];
  const what = `max_output_tokens is ${limit}, and thinking alone may take ${room}`;
  return [vague(`${what}: the answer could have no text`)];
}

/** The tokens that the sandbox counts as thoughts: all that thinking may take, where the limit leaves something beside it. */
export function thoughtTokens(model: string, config: GenerationConfig): number {
  const room = roomIn(model, config);
  return room < (config.maxOutputTokens ?? 0) ? room : enoughTokens;
}

function roomIn(model: string, { thinkingConfig = {} }: GenerationConfig): number {
  const { thinkingBudget, thinkingLevel } = thinkingConfig;
  const { thinking } = familyOf(model);
  const isAsked = (known: string) => known.toUpperCase() === thinkingLevel;
  const level = thinking.by === "level" ? thinking.levels.find(isAsked) : undefined;
  return thinkingRoom(thinking, {
    ...(thinkingBudget === undefined ? {} : { thinkingBudget }),
    ...(level === undefined ? {} : { thinkingLevel: level }),
  });
}
