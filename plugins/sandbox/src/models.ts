import { familyOf } from "@agproxy/plugin-gemini";

/**
 * The models the sandbox claims to have, under the names of today's Gemini API.
 * Source: https://ai.google.dev/gemini-api/docs/models
 */
export interface SandboxModel {
  readonly name: string;
  readonly baseModelId: string;
  readonly version: string;
  readonly displayName: string;
  readonly description: string;
  /** In tokens. */
  readonly inputTokenLimit: number;
  /** In tokens. */
  readonly outputTokenLimit: number;
  readonly supportedGenerationMethods: readonly string[];
  readonly thinking?: boolean;
}

const chat = ["generateContent", "countTokens"];
const vectors = ["embedContent", "countTokens"];

const models: readonly SandboxModel[] = [
  thinker("gemini-2.5-flash", "Gemini 2.5 Flash"),
  thinker("gemini-2.5-flash-lite", "Gemini 2.5 Flash-Lite"),
  thinker("gemini-2.5-pro", "Gemini 2.5 Pro"),
  thinker("gemini-3-flash-preview", "Gemini 3 Flash Preview"),
  thinker("gemini-3-pro-preview", "Gemini 3 Pro Preview"),
  thinker("gemini-3.1-flash-lite", "Gemini 3.1 Flash-Lite"),
  thinker("gemini-3.1-pro-preview", "Gemini 3.1 Pro Preview"),
  thinker("gemini-3.5-flash", "Gemini 3.5 Flash"),
  thinker("gemini-3.5-flash-lite", "Gemini 3.5 Flash-Lite"),
  thinker("gemini-3.6-flash", "Gemini 3.6 Flash"),
  thinker("gemini-3.7-flash", "Gemini 3.7 Flash"),
  thinker("gemini-3.8-flash", "Gemini 3.8 Flash"),
  thinker("gemini-flash-latest", "Gemini Flash Latest"),
  thinker("gemini-pro-latest", "Gemini Pro Latest"),
  model("gemini-2.0-flash", "Gemini 2.0 Flash", 1_048_576, 8_192, chat),
  model("gemini-2.5-flash-image", "Gemini 2.5 Flash Image", 32_768, 32_768, chat),
  model("gemini-3-pro-image", "Gemini 3 Pro Image", 65_536, 32_768, chat),
  model("gemini-3-pro-image-preview", "Gemini 3 Pro Image Preview", 65_536, 32_768, chat),
  model("gemini-3.1-flash-image", "Gemini 3.1 Flash Image", 65_536, 32_768, chat),
  model("gemini-3.1-flash-lite-image", "Gemini 3.1 Flash-Lite Image", 65_536, 32_768, chat),
  model("gemini-2.5-flash-preview-tts", "Gemini 2.5 Flash Preview TTS", 8_192, 16_384, chat),
  model("gemini-2.5-pro-preview-tts", "Gemini 2.5 Pro Preview TTS", 8_192, 16_384, chat),
  model("gemini-3.1-flash-tts-preview", "Gemini 3.1 Flash TTS Preview", 8_192, 16_384, chat),
  model("gemini-embedding-001", "Gemini Embedding 001", 2_048, 1, vectors),
  model("gemini-embedding-2", "Gemini Embedding 2", 8_192, 1, vectors),
];

/** The model of that name, with or without `models/`. */
export function findModel(name: string): SandboxModel | undefined {
  return models.find((known) => known.baseModelId === name.replace(/^models\//, ""));
}

/** Whether the sandbox answers for a model: those listed, and any that is named like one of the family. */
export function canGenerate(name: string): boolean {
  const known = findModel(name);
  if (known !== undefined) return known.supportedGenerationMethods.includes("generateContent");
  return /^(gemini|gemma)-\d/.test(name) && !/embedding|-live/.test(name);
}

export function canEmbed(name: string): boolean {
  return name.replace(/^models\//, "").startsWith("gemini-embedding-");
}

export function drawsImages(model: string): boolean {
  return familyOf(model).modalities?.includes("IMAGE") === true;
}

export function speaks(model: string): boolean {
  return familyOf(model).speaks === true;
}

function thinker(id: string, displayName: string): SandboxModel {
  return { ...model(id, displayName, 1_048_576, 65_536, chat), thinking: true };
}

function model(
  id: string,
  displayName: string,
  inputTokenLimit: number,
  outputTokenLimit: number,
  supportedGenerationMethods: readonly string[],
): SandboxModel {
  return {
    name: `models/${id}`,
    baseModelId: id,
    version: "sandbox",
    displayName,
    description: `The agproxy sandbox under the name of ${displayName}; no model is behind it.`,
    inputTokenLimit,
    outputTokenLimit,
    supportedGenerationMethods,
  };
}

/**
 * One page of the model list.
 * Source: https://ai.google.dev/api/models#method:-models.list
 */
export function modelPage(query: URLSearchParams) {
  const asked = Math.trunc(Number(query.get("pageSize")));
  const size = asked > 0 ? Math.min(asked, 1000) : 50;
  const token = Math.trunc(Number(query.get("pageToken")));
  const start = token > 0 ? token : 0;
  const page = models.slice(start, start + size);
  const end = start + page.length;
  return end < models.length ? { models: page, nextPageToken: String(end) } : { models: page };
}
