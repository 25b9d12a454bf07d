import { type Fault, vague } from "../server/fault.ts";
import { isObject } from "@agproxy/core";
import { jsonSchemaFaults } from "./json-schema-rules.ts";
import { findModel } from "../models.ts";
import { schemaFaults } from "./schema-rules.ts";
import { roomFaults, thinkingFaults } from "./thinking-rules.ts";
import type { GenerateRequest, GenerationConfig } from "../wire.ts";

/** What is wrong with the generation settings, for that model. */
export function configFaults(model: string, { generationConfig = {} }: GenerateRequest): Fault[] {
  return [
    ...rangeFaults(model, generationConfig),
    ...formatFaults(generationConfig),
    ...imageFaults(generationConfig),
    ...thinkingFaults(model, generationConfig.thinkingConfig ?? {}),
    ...roomFaults(model, generationConfig),
  ];
}

function rangeFaults(model: string, config: GenerationConfig): Fault[] {
  const at = "* GenerateContentRequest.generation_config";
  const limit = findModel(model)?.outputTokenLimit ?? 65_536;
  const { temperature, topP, candidateCount, maxOutputTokens, stopSequences = [] } = config;
  const faults: Fault[] = [];
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
  if (stopSequences.includes("")) faults.push(vague("a stop sequence is empty"));
  return faults;
}

function formatFaults(config: GenerationConfig): Fault[] {
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
  if (outside(logprobs, 0, 20)) return [vague(`logprobs is ${logprobs}, more than 20`)];
  const tooDeep =
    "A schema in GenerationConfig in the request exceeds the maximum allowed nesting depth.";
  if (responseSchema !== undefined) {
    return schemaFaults(responseSchema, "generation_config.response_schema", tooDeep);
  }
  if (responseJsonSchema === undefined) return [];
  if (!isObject(responseJsonSchema)) return [vague("response_json_schema is no object")];
  return jsonSchemaFaults(responseJsonSchema, { tooDeep, isStrict: true });
}

const ratios = "1:1 2:3 3:2 3:4 4:3 4:5 5:4 9:16 16:9 21:9 1:4 4:1 1:8 8:1";

/** Source: https://ai.google.dev/gemini-api/docs/image-generation#aspect_ratios */
function imageFaults({ imageConfig: { aspectRatio, imageSize } = {} }: GenerationConfig): string[] {
  const faults: string[] = [];
  if (aspectRatio !== undefined && !ratios.split(" ").includes(aspectRatio)) {
    faults.push(unsupported("aspectRatio", aspectRatio));
  }
  if (imageSize !== undefined && !["512", "1K", "2K", "4K"].includes(imageSize)) {
    faults.push(unsupported("imageSize", imageSize));
  }
  return faults;
}

function unsupported(field: string, value: string): string {
  return `\`${field}\` does not support \`${value}\` as a valid value. Please refer to the Gemini API documentation for supported usage.`;
}

function outside(value: number | undefined, min: number, max: number): boolean {
  return value !== undefined && (value < min || value > max);
}
