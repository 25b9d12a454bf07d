import {
  defined,
  type Sampling,
  type Fields,
  type ChatRequest,
  type OutputFormat,
} from "@agproxy/core";
import { readEffort, schemaFormat } from "@agproxy/plugin-openai-wire";
import type { Ignored } from "./ignored.ts";

/** How the answer is drawn. The penalties are of the Open Responses specification. */
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

/** Asked for by `include`, or by a number of alternatives. */
function logprobs(body: Fields): number | undefined {
  const top = body.integer("top_logprobs", 0) ?? 0;
  const included = body.list("include")?.includes("message.output_text.logprobs") ?? false;
  return included || top > 0 ? top : undefined;
}

/** How hard to think, and whether the thoughts are wanted: who asks for a summary wants them. */
export function readReasoning(body: Fields): ChatRequest["reasoning"] {
  const reasoning = body.object("reasoning");
  if (reasoning === undefined) return undefined;
  const effort = readEffort(reasoning, "effort");
  const summary = reasoning.string("summary") ?? reasoning.string("generate_summary");
  const include = summary === undefined ? undefined : summary !== "none";
  if (effort === undefined && include === undefined) return undefined;
  return defined({ effort, include });
}

/** The shape of the answer, from `text.format`. */
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
