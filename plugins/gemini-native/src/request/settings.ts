import {
  type ChatRequest,
  defined,
  type Fields,
  type JsonObject,
  type OutputFormat,
  type ReasoningEffort,
  type Sampling,
} from "@agproxy/core";
import { jsonSchema } from "./json-schema.ts";
import { camelObject } from "./camel-object.ts";

/** Source: https://ai.google.dev/api/generate-content#generationconfig */
export function readSampling(config: Fields): Sampling {
  const stop = config.words("stopSequences");
  const alternatives = config.integer("logprobs", 0);
  return defined({
    temperature: config.number("temperature"),
    topP: config.number("topP"),
    topK: config.number("topK"),
    seed: config.integer("seed"),
    presencePenalty: config.number("presencePenalty"),
    frequencyPenalty: config.number("frequencyPenalty"),
    stop: stop.length === 0 ? undefined : stop,
    maxTokens: config.integer("maxOutputTokens", 0) || undefined,
    choices: config.integer("candidateCount", 0) || undefined,
    logprobs: config.boolean("responseLogprobs") === true ? (alternatives ?? 0) : undefined,
  });
}

export function readOutput(config: Fields): OutputFormat | undefined {
  const type = config.string("responseMimeType");
  const own = config.object("responseJsonSchema") ?? config.object("_responseJsonSchema");
  const schema = own?.values ?? schemaOf(config.object("responseSchema"));
  if (type !== "application/json" && schema === undefined) return undefined;
  return { type: "json", ...defined({ schema }) };
}

function schemaOf(schema: Fields | undefined): JsonObject | undefined {
  return schema && jsonSchema(schema.values);
}

const levels: ReadonlyMap<unknown, ReasoningEffort> = new Map([
  ["MINIMAL", "minimal"],
  ["LOW", "low"],
  ["MEDIUM", "medium"],
  ["HIGH", "high"],
]);

/** Source: https://ai.google.dev/gemini-api/docs/thinking */
export function readReasoning(config: Fields): ChatRequest["reasoning"] {
  const thinking = camelObject(config, "thinkingConfig");
  if (thinking === undefined) return undefined;
  const budget = thinking.integer("thinkingBudget");
  const level = levels.get(thinking.string("thinkingLevel")?.toUpperCase());
  return defined({
    effort: level ?? effortWithin(budget),
    budget: budget !== undefined && budget > 0 ? budget : undefined,
    include: thinking.boolean("includeThoughts"),
  });
}

/** The effort that a budget stands for, for models that know no tokens. A negative one leaves it to the model. */
function effortWithin(budget: number | undefined): ReasoningEffort | undefined {
  if (budget === undefined || budget < 0) return undefined;
  if (budget === 0) return "none";
  if (budget <= 1024) return "low";
  return budget <= 8192 ? "medium" : "high";
}

/** What pictures and sounds are to be like. */
export function readMedia(config: Fields): Pick<ChatRequest, "image" | "modalities" | "voice"> {
  const modalities = config.words("responseModalities").map((word) => word.toLowerCase());
  const image = camelObject(config, "imageConfig");
  const shape = defined({
    aspectRatio: image?.string("aspectRatio"),
    quality: image?.string("imageSize")?.toLowerCase(),
  });
  const speech = camelObject(config, "speechConfig");
  const voice = speech && camelObject(speech, "voiceConfig");
  const ready = voice && camelObject(voice, "prebuiltVoiceConfig");
  return defined({
    modalities: modalities.length === 0 ? undefined : modalities,
    image: Object.keys(shape).length === 0 ? undefined : shape,
    voice: ready?.string("voiceName"),
  });
}

/** The fields that are read here; the others are the vendor's own. */
const read: ReadonlySet<string> = new Set([
  "candidateCount",
  "frequencyPenalty",
  "imageConfig",
  "logprobs",
  "maxOutputTokens",
  "presencePenalty",
  "responseJsonSchema",
  "responseLogprobs",
  "responseMimeType",
  "responseModalities",
  "responseSchema",
  "seed",
  "stopSequences",
  "temperature",
  "thinkingConfig",
  "topK",
  "topP",
]);

/** What only this vendor has a field for. */
export function otherSettings({ values }: Fields): JsonObject {
  return Object.fromEntries(Object.entries(values).filter(([name]) => !read.has(name)));
}
