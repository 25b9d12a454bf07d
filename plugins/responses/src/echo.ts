import { type JsonObject, Fields } from "@agproxy/core";
import { ToolNames } from "./tool-names.ts";

/** What an answer needs of its request beyond the vocabulary. */
export interface Echo {
  /** The fields of a Response object that repeat the request. */
  readonly fields: JsonObject;
  readonly names: ToolNames;
}

/**
 * The request's own fields as a Response object repeats them, with OpenAI's defaults where they are unset.
 * Source: https://platform.openai.com/docs/api-reference/responses/object
 */
export function echoedFields(body: Fields): JsonObject {
  const { values } = body;
  return {
    background: body.boolean("background") ?? false,
    conversation: null,
    frequency_penalty: values["frequency_penalty"] ?? 0,
    instructions: body.string("instructions") ?? null,
    max_output_tokens: values["max_output_tokens"] ?? null,
    max_tool_calls: body.integer("max_tool_calls") ?? null,
    metadata: body.object("metadata")?.values ?? {},
    moderation: null,
    parallel_tool_calls: values["parallel_tool_calls"] ?? true,
    presence_penalty: values["presence_penalty"] ?? 0,
    previous_response_id: body.string("previous_response_id") ?? null,
    prompt: null,
    prompt_cache_key: body.string("prompt_cache_key") ?? null,
    prompt_cache_retention: null,
    reasoning: reasoning(body),
    safety_identifier: body.string("safety_identifier") ?? null,
    service_tier: "default",
    store: body.boolean("store") ?? true,
    temperature: values["temperature"] ?? 1,
    text: text(body),
    tool_choice: toolChoice(body),
    tools: body.objects("tools").map(tool),
    top_logprobs: values["top_logprobs"] ?? 0,
    top_p: values["top_p"] ?? 1,
    truncation: "disabled",
    user: body.string("user") ?? null,
  };
}

function reasoning(body: Fields): JsonObject {
  const { effort = null, summary = null } = body.object("reasoning")?.values ?? {};
  return { effort, summary };
}

function text(body: Fields): JsonObject {
  const { format, verbosity } = body.object("text")?.values ?? {};
  const named = typeof format === "object" && format !== null && "type" in format;
  return { format: named ? format : { type: "text" }, verbosity: verbosity ?? "medium" };
}

function toolChoice(body: Fields): unknown {
  const choice = body.get("tool_choice") ?? "auto";
  return typeof choice === "string" || body.peek("tool_choice")?.get("type") !== undefined
    ? choice
    : "auto";
}

/** Functions carry all of their fields, whatever the client left out. */
function tool({ values }: Fields): JsonObject {
  if (values["type"] !== "function") return values;
  return { description: null, parameters: null, strict: null, ...values };
}

/** For an answer to a request that this plugin has not read. */
export const emptyEcho: Echo = {
  fields: echoedFields(Fields.of({}, "")),
  names: new ToolNames(),
};
