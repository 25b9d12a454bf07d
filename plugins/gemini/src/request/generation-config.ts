import { type ChatRequest, defined, type JsonObject, type Part } from "@agproxy/core";
import type { Family } from "../models/families.ts";
import { imageConfig } from "../media/image-config.ts";
import type { NamedWishes } from "../models/known-model.ts";
import { geminiSchema } from "../schema/gemini-schema.ts";
import { passedSchema } from "../schema/passed.ts";
import { speechConfig } from "../media/speech-config.ts";
import { splitSystem } from "./contents.ts";
import { clamped, type TokenPlan, tokenPlan } from "./token-plan.ts";

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
  const { maxOutputTokens, thinkingConfig } = plansTokens(request)
    ? tokenPlan(request, family)
    : freeTokens;
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
    maxOutputTokens,
    presencePenalty: penalised ? presencePenalty : undefined,
    frequencyPenalty: penalised ? frequencyPenalty : undefined,
    responseLogprobs: probable === undefined ? undefined : true,
    logprobs: clamped(probable === 0 ? undefined : probable, maxLogprobs),
    candidateCount,
    ...(format ? outputFormat(request.output, jsonSchema) : undefined),
    responseModalities: responseModalities(request.modalities, family),
    imageConfig: family.imageSizes && imageConfig(request.image, named.image, family.imageSizes),
    speechConfig: speaks && voice !== undefined ? speechConfig(voice) : undefined,
    thinkingConfig,
  });
}

const freeTokens: TokenPlan = {};

/** Whether a client says anything about the length of the answer or about thinking. */
function plansTokens({ sampling, reasoning }: ChatRequest): boolean {
  return (sampling.maxTokens ?? sampling.maxAnswerTokens ?? reasoning) !== undefined;
}

function stopSequences(wish: readonly string[] | undefined): readonly string[] | undefined {
  const stop = wish?.filter((sequence) => sequence !== "").slice(0, maxStopSequences);
  return stop?.length === 0 ? undefined : stop;
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
