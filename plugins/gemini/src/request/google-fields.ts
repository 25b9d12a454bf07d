import { camelName, type JsonObject } from "@agproxy/core";
import { fields } from "../shape.ts";

/** Fields whose keys are the user's own, not the API's. */
const opaque: ReadonlySet<string> = new Set([
  "args",
  "labels",
  "parameters",
  "parametersJsonSchema",
  "response",
  "responseJsonSchema",
  "responseSchema",
]);

/** Fields of `generationConfig` that clients also write beside it. */
const generationFields: ReadonlySet<string> = new Set([
  "audioTimestamp",
  "candidateCount",
  "enableEnhancedCivicAnswers",
  "frequencyPenalty",
  "imageConfig",
  "logprobs",
  "maxOutputTokens",
  "mediaResolution",
  "presencePenalty",
  "responseJsonSchema",
  "responseLogprobs",
  "responseMimeType",
  "responseModalities",
  "responseSchema",
  "seed",
  "speechConfig",
  "stopSequences",
  "temperature",
  "thinkingConfig",
  "topK",
  "topP",
]);

/** Writes the names of fields in camel case; snake case is accepted too. */
export function camelFields(object: JsonObject): JsonObject {
  const entries = Object.entries(object).map(([key, value]) => {
    const name = camelName(key);
    return [name, opaque.has(name) ? value : camelValue(value)] as const;
  });
  return Object.fromEntries(entries);
}

function camelValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camelValue);
  const object = fields(value);
  return object === undefined ? value : camelFields(object);
}

/**
 * Adds the Gemini fields that the client wrote itself (`extra_body.google`). They win over what was translated;
 * objects are merged, and tools are added to the functions.
 */
export function withGoogleFields<Body extends JsonObject>(body: Body, google: JsonObject): Body {
  let result = body;
  for (const [name, value] of Object.entries(camelFields(google))) {
    if (value === undefined || value === null || name === "__proto__") continue;
    result = generationFields.has(name)
      ? {
          ...result,
          generationConfig: generation(fields(result["generationConfig"]) ?? {}, { [name]: value }),
        }
      : { ...result, [name]: combined(name, result[name], value) };
  }
  return result;
}

function combined(name: string, ours: unknown, theirs: unknown): unknown {
  if (name === "tools" && Array.isArray(ours) && Array.isArray(theirs)) return [...ours, ...theirs];
  const [mine, wish] = [fields(ours), fields(theirs)];
  if (mine === undefined || wish === undefined) return theirs;
  return name === "generationConfig" ? generation(mine, wish) : overlaid(mine, wish);
}

/** A level and a budget exclude each other: the client's own replaces both of ours. */
function generation(ours: JsonObject, theirs: JsonObject): JsonObject {
  const wish = fields(theirs.thinkingConfig);
  const mine = fields(ours.thinkingConfig);
  if (wish === undefined || mine === undefined) return overlaid(ours, theirs);
  const amount = "thinkingLevel" in wish || "thinkingBudget" in wish;
  const { thinkingLevel: _level, thinkingBudget: _budget, ...others } = mine;
  const kept = amount ? others : mine;
  return { ...overlaid(ours, theirs), thinkingConfig: { ...kept, ...wish } };
}

function overlaid(ours: JsonObject, theirs: JsonObject): JsonObject {
  const entries = Object.entries(theirs).map(([name, value]) => {
    const [mine, wish] = [fields(ours[name]), fields(value)];
    return [name, mine !== undefined && wish !== undefined ? overlaid(mine, wish) : value] as const;
  });
  return { ...ours, ...Object.fromEntries(entries) };
}
