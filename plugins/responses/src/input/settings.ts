import {
  type ChatRequest,
  defined,
  type Fields,
  type OutputFormat,
  type Sampling,
  AgproxyError,
} from "@agproxy/core";
import { type Ignored, readEffort, schemaFormat } from "@agproxy/plugin-openai-wire";

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

/** What becomes of a response beside going to its client. As at OpenAI it is stored unless the client says otherwise. */
export function readStorage(body: Fields) {
  return {
    kept: body.boolean("store") ?? true,
    background: body.boolean("background") ?? false,
  };
}

/** Fields that name something stored at OpenAI, and what to do without. Ignoring one would change the question. */
const storedAtOpenai: ReadonlyMap<string, string> = new Map([
  [
    "conversation",
    "agproxy keeps no conversations. Continue a response with `previous_response_id`, or send the whole conversation in `input`.",
  ],
  [
    "prompt",
    "agproxy has no prompt templates. Send the text in `instructions` and `input`, and leave out `prompt`.",
  ],
]);

/** Throws for a field that names something stored at OpenAI. */
export function refuseStoredAtOpenai(body: Fields): void {
  for (const [field, advice] of storedAtOpenai) {
    if (body.get(field) !== undefined) {
      const message = `\`${field}\` is not supported.`;
      throw new AgproxyError("invalid_request", message, { param: field, advice });
    }
  }
}

/** Fields without effect here, each with the values that ask for nothing beyond what happens anyway. */
const withoutEffect: ReadonlyMap<string, readonly unknown[]> = new Map([
  ["context_management", []],
  ["max_tool_calls", []],
  ["moderation", []],
  ["personality", []],
  ["prompt_cache_options", []],
  ["prompt_cache_retention", []],
  ["service_tier", ["auto", "default"]],
  ["truncation", ["disabled"]],
]);

const supportedIncludes: ReadonlySet<string> = new Set([
  "code_interpreter_call.outputs",
  "message.output_text.logprobs",
  "reasoning.encrypted_content",
]);

/** Adds the known fields that have no effect here to `ignored`. */
export function nameWithoutEffect(body: Fields, ignored: Ignored): void {
  for (const [field, values] of withoutEffect) {
    const value = body.get(field);
    if (value !== undefined && !values.includes(value)) ignored.add(field);
  }
  for (const extra of body.list("include") ?? []) {
    if (typeof extra === "string" && !supportedIncludes.has(extra)) ignored.add(`include.${extra}`);
  }
}
