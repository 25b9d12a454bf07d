import { type ChatRequest, defined, type JsonObject } from "@agproxy/core";
import type { Family } from "../models/families.ts";
import { imageConfig } from "../media/image-config.ts";
import type { NamedWishes } from "../models/known-model.ts";
import { geminiSchema } from "../schema/gemini-schema.ts";
import { passedSchema } from "../schema/passed.ts";
import { speechConfig } from "../media/speech-config.ts";
import { thinkingConfig } from "./thinking-config.ts";

/** Gemini takes no more; the rest could only be refused. */
export const stopLimit = 5;
const logprobsLimit = 20;

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
  const { sampling } = request;
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
    logprobs: clamped(probable === 0 ? undefined : probable, logprobsLimit),
    candidateCount,
    ...(format ? outputFormat(request.output, jsonSchema) : undefined),
    responseModalities: responseModalities(request.modalities, family),
    imageConfig: imageConfig(request.image, named.image, family),
    speechConfig: speechConfig(request.voice, family),
    thinkingConfig: thinkingConfig(request.reasoning, family),
  });
}

function stopSequences(wish: readonly string[] | undefined): readonly string[] | undefined {
  const stop = wish?.filter((sequence) => sequence !== "").slice(0, stopLimit);
  return stop?.length === 0 ? undefined : stop;
}

/** Clients ask for far more than there is, such as 1,000,000 tokens, and mean "as much as you can". */
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
