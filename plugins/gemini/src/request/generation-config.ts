import {
  type ChatRequest,
  defined,
  type JsonObject,
  type Part,
  type ReasoningEffort,
} from "@agproxy/core";
import type { Family, Thinking, ThinkingLevel } from "../models/families.ts";
import { imageConfig } from "../media/image-config.ts";
import type { NamedWishes } from "../models/known-model.ts";
import { geminiSchema } from "../schema/gemini-schema.ts";
import { passedSchema } from "../schema/passed.ts";
import { speechConfig } from "../media/speech-config.ts";
import { splitSystem } from "./contents.ts";

/** Gemini refuses a request with more. */
const maxStopSequences = 5;
const maxLogprobs = 20;

export interface ConfigContext {
  readonly family: Family;
  readonly named: NamedWishes;
  /** Whether the output format is asked for. */
  readonly format: boolean;
  /** How many answers one call gives. */
  readonly candidateCount?: number | undefined;
  /** Whether the upstream takes JSON Schema as it is. */
  readonly jsonSchema: boolean;
}

/** `generationConfig`. Source: https://ai.google.dev/api/generate-content#generationconfig */
export function generationConfig(
  request: ChatRequest,
  { family, named, format, candidateCount, jsonSchema }: ConfigContext,
): JsonObject {
  const { sampling, voice } = request;
  const speaks = family.speaks === true;
  const { temperature, topP, topK, presencePenalty, frequencyPenalty } = sampling;
  const sampled = family.refusesSampling !== true;
  const penalised = family.refusesPenalties !== true;
  const probable = family.refusesLogprobs === true ? undefined : sampling.logprobs;
  return defined({
    temperature: sampled ? temperature : undefined,
    topP: sampled ? topP : undefined,
    topK: sampled ? topK : undefined,
    // The field is a 32-bit integer; equal seeds must stay equal.
    seed: sampling.seed === undefined ? undefined : Math.trunc(sampling.seed) | 0,
    stopSequences: stopSequences(sampling.stop),
    maxOutputTokens: clamped(sampling.maxTokens, family.maxOutputTokens),
    presencePenalty: penalised ? presencePenalty : undefined,
    frequencyPenalty: penalised ? frequencyPenalty : undefined,
    responseLogprobs: probable === undefined ? undefined : true,
    logprobs: clamped(probable === 0 ? undefined : probable, maxLogprobs),
    candidateCount,
    ...(format ? outputFormat(request.output, jsonSchema) : undefined),
    responseModalities: responseModalities(request.modalities, family),
    imageConfig: family.imageSizes && imageConfig(request.image, named.image, family.imageSizes),
    speechConfig: speaks && voice !== undefined ? speechConfig(voice) : undefined,
    thinkingConfig: thinkingConfig(request.reasoning, family),
  });
}

function stopSequences(wish: readonly string[] | undefined): readonly string[] | undefined {
  const stop = wish?.filter((sequence) => sequence !== "").slice(0, maxStopSequences);
  return stop?.length === 0 ? undefined : stop;
}

/** Clients send values such as 1,000,000 tokens to mean "as much as possible"; Gemini would refuse them. */
function clamped(wish: number | undefined, limit: number | undefined): number | undefined {
  return wish === undefined || limit === undefined ? wish : Math.min(wish, limit);
}

function outputFormat(output: ChatRequest["output"], jsonSchema: boolean): JsonObject {
  if (output?.type !== "json") return {};
  const json = { responseMimeType: "application/json" };
  if (output.schema === undefined) return json;
  const param = "response_format";
  return jsonSchema
    ? { ...json, responseJsonSchema: passedSchema(output.schema, param) }
    : { ...json, responseSchema: geminiSchema(output.schema, param) };
}

function responseModalities(
  wish: readonly string[] | undefined,
  family: Family,
): readonly string[] | undefined {
  if (family.modalities === undefined) return undefined;
  const asked = wish?.map((modality) => modality.toUpperCase()) ?? [];
  const possible = family.modalities.filter((modality) => asked.includes(modality));
  return possible.length > 0 ? possible : family.modalities;
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
  family: Family,
): JsonObject | undefined {
  if (reasoning === undefined || family.thinking.by === "nothing") return undefined;
  const amount = reasoning.effort === undefined ? {} : amountOf(reasoning.effort, family.thinking);
  // Gemini answers 400 to a request for thoughts while thinking is off.
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

/** Fields that a model of the family cannot honour, as the request stands. */
export function ignoredWishes(request: ChatRequest, family: Family): readonly string[] {
  const { messages, sampling, image, modalities = [], reasoning, tools = [] } = request;
  const possible = family.modalities ?? ["TEXT"];
  const unable = modalities.some((modality) => {
    const name = modality.toUpperCase();
    return name !== "TEXT" && !possible.includes(name);
  });
  const effort = reasoning?.effort ?? "none";
  const drawn = family.imageSizes !== undefined;
  const penalties = family.refusesPenalties === true;
  const speaks = family.speaks === true;
  const unsampled = family.refusesSampling === true;
  const wishes = {
    modalities: unable,
    voice: request.voice !== undefined && !speaks,
    size: image?.size !== undefined && !drawn,
    quality: image?.quality !== undefined && !drawn,
    aspect_ratio: image?.aspectRatio !== undefined && !drawn,
    instructions: speaks && family.style === undefined && instructed(request),
    tools: tools.length > 0 && family.refusesFunctions === true,
    temperature: unsampled && sampling.temperature !== undefined,
    top_p: unsampled && sampling.topP !== undefined,
    top_k: unsampled && sampling.topK !== undefined,
    // A penalty of 0 is none, and logprobs that are not asked for are not missed.
    presence_penalty: penalties && (sampling.presencePenalty ?? 0) !== 0,
    frequency_penalty: penalties && (sampling.frequencyPenalty ?? 0) !== 0,
    logprobs: family.refusesLogprobs === true && sampling.logprobs !== undefined,
    stop: (sampling.stop ?? []).filter((sequence) => sequence !== "").length > maxStopSequences,
    reasoning_effort: effort !== "none" && family.thinking.by === "nothing",
    parallel_tool_calls: request.parallelToolCalls === false && tools.length > 0,
    // A speaker has no place in `contents`; to write the name into the text would edit what was said.
    name: messages.some(({ role, name }) => name !== undefined && role !== "tool"),
    detail: messages.some(({ content }) => content.some(asksForDetail)),
  };
  const ignored: string[] = [];
  for (const name in wishes) if (wishes[name as keyof typeof wishes]) ignored.push(name);
  return ignored;
}

function asksForDetail(part: Part): boolean {
  if (part.type === "tool-result") return part.content.some(asksForDetail);
  return part.type === "media" && (part.detail ?? "auto") !== "auto";
}

/** Whether there are instructions beside the text to be spoken: alone, they are that text. */
function instructed({ messages }: ChatRequest): boolean {
  const { system, rest } = splitSystem(messages);
  return system.length > 0 && rest.length > 0;
}
