import { findModel, generation } from "./models.ts";
import { schemaFaults } from "./schema-rules.ts";
import type { GenerateRequest, GenerationConfig } from "./wire.ts";

/** What is wrong with the generation settings, for that model. */
export function configFaults(model: string, { generationConfig = {} }: GenerateRequest): string[] {
  return [
    ...rangeFaults(model, generationConfig),
    ...formatFaults(generationConfig),
    ...thinkingFaults(model, generationConfig.thinkingConfig ?? {}),
  ];
}

function rangeFaults(model: string, config: GenerationConfig): string[] {
  const at = "* GenerateContentRequest.generation_config";
  const limit = findModel(model)?.outputTokenLimit ?? 65_536;
  const { temperature, topP, candidateCount, maxOutputTokens, stopSequences = [] } = config;
  const faults: string[] = [];
  if (outside(temperature, 0, 2)) {
    faults.push(`${at}.temperature: temperature must be in the range [0.0, 2.0].`);
  }
  if (outside(topP, 0, 1)) faults.push(`${at}.top_p: top_p must be in the range [0.0, 1.0].`);
  if (outside(candidateCount, 1, 8)) {
    faults.push(`${at}.candidate_count: candidate_count must be in the range [1, 8].`);
  }
  if (outside(maxOutputTokens, 1, limit)) {
    faults.push(
      `Unable to submit request because it has a maxOutputTokens value of ${maxOutputTokens} but the supported range is from 1 (inclusive) to ${limit + 1} (exclusive). Update the value and try again.`,
    );
  }
  if (stopSequences.length > 5) {
    faults.push(`${at}.stop_sequences: the number of stop_sequences must not be more than 5.`);
  }
  return faults;
}

function formatFaults(config: GenerationConfig): string[] {
  const { responseMimeType, responseSchema, responseJsonSchema, logprobs } = config;
  const schema = responseSchema !== undefined || responseJsonSchema !== undefined;
  if (responseSchema !== undefined && responseJsonSchema !== undefined) {
    return ["Only one of response_schema and response_json_schema can be set."];
  }
  if (schema && !["application/json", "text/x.enum"].includes(responseMimeType ?? "")) {
    return [
      "Request with a response schema must have a response mime type of application/json or text/x.enum.",
    ];
  }
  if (logprobs !== undefined && config.responseLogprobs !== true) {
    return ["logprobs is set, which requires response_logprobs to be true."];
  }
  return responseSchema === undefined
    ? []
    : schemaFaults(responseSchema, "generation_config.response_schema");
}

type Thinking = NonNullable<GenerationConfig["thinkingConfig"]>;

/** Source: https://ai.google.dev/gemini-api/docs/thinking */
function thinkingFaults(
  model: string,
  { thinkingBudget, thinkingLevel, includeThoughts }: Thinking,
): string[] {
  if (thinkingBudget !== undefined && thinkingLevel !== undefined) {
    return ["You can only set only one of thinking budget and thinking level."];
  }
  const newer = generation(model) >= 3;
  if (thinkingLevel !== undefined && !newer) {
    return ["Thinking level is not supported for this model."];
  }
  if (thinkingLevel !== undefined && lacksLevel(model, thinkingLevel)) {
    return [
      `Thinking level ${thinkingLevel} is not supported for this model. Please retry with other thinking level.`,
    ];
  }
  if (thinkingBudget === 0 && includeThoughts === true) {
    return ["Thinking_config.include_thoughts is only enabled when thinking is enabled."];
  }
  return thinkingBudget === undefined ? [] : budgetFaults(model, thinkingBudget);
}

function lacksLevel(model: string, level: string): boolean {
  const isFlash = model.includes("-flash");
  const isLite = model.includes("-flash-lite");
  if (level === "MINIMAL") return !isFlash || (!isLite && generation(model) >= 3.7);
  return level === "MEDIUM" && model.startsWith("gemini-3-pro");
}

function budgetFaults(model: string, budget: number): string[] {
  const pro = model.includes("-pro");
  if (budget === -1) return [];
  if (budget === 0) {
    return pro || generation(model) >= 3.6
      ? ["Budget 0 is invalid. This model only works in thinking mode."]
      : [];
  }
  const least = pro ? 128 : model.includes("-flash-lite") ? 512 : 1;
  const most = pro ? 32_768 : 24_576;
  return outside(budget, least, most)
    ? [
        `The thinking budget ${budget} is invalid. Please choose a value between ${least} and ${most}.`,
      ]
    : [];
}

function outside(value: number | undefined, least: number, most: number): boolean {
  return value !== undefined && (value < least || value > most);
}
