import {
  type ChatRequest,
  defined,
  type Fields,
  type OutputFormat,
  type Sampling,
} from "@agproxy/core";
import { readEffort, schemaFormat } from "@agproxy/plugin-openai-wire";
import type { Ignored } from "./ignored.ts";

/** The penalties are fields of the Open Responses specification, not of OpenAI's API. */
export function readSampling(body: Fields): Sampling {
  return defined({
    temperature: body.number("temperature"),
    topP: body.number("top_p"),
    maxTokens: body.integer("max_output_tokens", 1),
    presencePenalty: body.number("presence_penalty"),
    frequencyPenalty: body.number("frequency_penalty"),
    logprobs: logprobs(body),
  });
}

/** Either `include` or a number of alternatives asks for them. */
function logprobs(body: Fields): number | undefined {
  const top = body.integer("top_logprobs", 0) ?? 0;
  const included = body.list("include")?.includes("message.output_text.logprobs") ?? false;
  return included || top > 0 ? top : undefined;
}

/** Fields of `reasoning` without effect here, each with the value that asks for what happens anyway. */
const usualReasoning = [
  ["context", "auto"],
  ["mode", "standard"],
] as const;

/** The effort, and whether thoughts are to be shown: a client that asks for a summary wants to see them. */
export function readReasoning(body: Fields, ignored: Ignored): ChatRequest["reasoning"] {
  const reasoning = body.object("reasoning");
  if (reasoning === undefined) return undefined;
  for (const [field, usual] of usualReasoning) {
    const value = reasoning.get(field);
    if (value !== undefined && value !== usual) ignored.add(`reasoning.${field}`);
  }
  const effort = readEffort(reasoning, "effort");
  const summary = reasoning.string("summary") ?? reasoning.string("generate_summary");
  const include = summary === undefined ? undefined : summary !== "none";
  if (effort === undefined && include === undefined) return undefined;
  return defined({ effort, include });
}

export function readOutputFormat(body: Fields, ignored: Ignored): OutputFormat | undefined {
  const text = body.object("text");
  const verbosity = text?.string("verbosity");
  if (verbosity !== undefined && verbosity !== "medium") ignored.add("text.verbosity");
  const format = text?.object("format");
  const type = format?.string("type");
  if (format === undefined || type === undefined || type === "text") return undefined;
  if (type === "json_object") return { type: "json" };
  if (type === "json_schema") return schemaFormat(format);
  throw format.wrong("type", "one of text, json_object, json_schema");
}
