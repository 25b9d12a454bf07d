import {
  type AgproxyError,
  errorBody,
  type ErrorCode,
  type Fields,
  isObject,
  type JsonObject,
  type Usage,
} from "@agproxy/core";
import { choiceMode } from "@agproxy/plugin-openai-wire";
import { readStorage } from "../input/settings.ts";
import type { OutputItem } from "./output-items.ts";

/** What is the same in every copy of one Response. */
export interface ResponseHead {
  readonly id: string;
  /** Unix time in seconds. */
  readonly created: number;
  /** As the client wrote it. */
  readonly model: string;
  /** The result of `echoedFields`. */
  readonly echoed: JsonObject;
}

type ResponseStatus =
  | "queued"
  | "in_progress"
  | "completed"
  | "incomplete"
  | "failed"
  | "cancelled";

/** What changes while a Response is written. */
export interface ResponseState {
  readonly status: ResponseStatus;
  /** Unix time in seconds; only where `status` is `completed`. */
  readonly completedAt?: number;
  readonly error?: ResponseFailure;
  readonly incomplete?: { readonly reason: string } | null;
  readonly output?: readonly OutputItem[];
  readonly usage?: WireUsage;
}

export type ResponseObject = ReturnType<typeof responseObject>;

/**
 * A Response with every field of OpenAI's description: clients that validate it fail on a missing one.
 * Source: https://platform.openai.com/docs/api-reference/responses/object
 */
export function responseObject(head: ResponseHead, state: ResponseState) {
  return {
    id: head.id,
    object: "response",
    created_at: head.created,
    status: state.status,
    completed_at: state.completedAt ?? null,
    error: state.error ?? null,
    incomplete_details: state.incomplete ?? null,
    model: head.model,
    output: state.output ?? [],
    usage: state.usage ?? null,
    ...head.echoed,
  };
}

/**
 * Token counts; zeros where the upstream gave none. Some clients take an answer without usage for an unfinished one, and
 * send their request again for ever.
 * Source: https://platform.openai.com/docs/api-reference/responses/object, `usage`
 */
export function wireUsage(usage: Usage | undefined) {
  return {
    input_tokens: usage?.inputTokens ?? 0,
    input_tokens_details: { cached_tokens: usage?.cachedTokens ?? 0, cache_write_tokens: 0 },
    output_tokens: usage?.outputTokens ?? 0,
    output_tokens_details: { reasoning_tokens: usage?.reasoningTokens ?? 0 },
    total_tokens: usage?.totalTokens ?? 0,
  };
}

export type WireUsage = ReturnType<typeof wireUsage>;

/** The `error` of a failed Response. */
export interface ResponseFailure {
  readonly code: string;
  readonly message: string;
}

/**
 * OpenAI's codes that clients branch on, by agproxy's codes of the same meaning. An overloaded model stays a plain
 * `server_error`: at the code that names it, clients do not try again.
 * Source: https://platform.openai.com/docs/api-reference/responses/object, `error.code`
 */
const openaiCodes: Readonly<Partial<Record<string, string>>> = {
  context_length_exceeded: "context_length_exceeded",
  // Of plugins that keep budgets; core has no such code.
  insufficient_quota: "insufficient_quota",
  invalid_json: "invalid_prompt",
  invalid_request: "invalid_prompt",
  pool_exhausted: "rate_limit_exceeded",
  quota_exhausted: "rate_limit_exceeded",
  rate_limit_exceeded: "rate_limit_exceeded",
  upstream_rejected: "invalid_prompt",
} satisfies Partial<Record<ErrorCode | "insufficient_quota", string>>;

export function responseFailure(error: AgproxyError): ResponseFailure {
  return {
    code: openaiCodes[error.code] ?? "server_error",
    message: errorBody(error).error.message,
  };
}

/** The body of an HTTP error. */
export function wireError(error: AgproxyError) {
  const { error: body } = errorBody(error);
  return { error: { ...body, code: wireCode(error) } };
}

/** At `previous_response_not_found` clients send the whole conversation again instead of giving up. */
function wireCode({ code, details }: AgproxyError): string {
  return details?.["previous_response_id"] === undefined ? code : "previous_response_not_found";
}

/**
 * The fields of the request that its Response repeats, with OpenAI's defaults where they are not set.
 * Source: https://platform.openai.com/docs/api-reference/responses/object
 */
export function echoedFields(body: Fields): JsonObject {
  const { values } = body;
  const { kept, background } = readStorage(body);
  return {
    background,
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
    store: kept,
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
  const isTyped = isObject(format) && "type" in format;
  return { format: isTyped ? format : { type: "text" }, verbosity: verbosity ?? "medium" };
}

function toolChoice(body: Fields): unknown {
  const choice = body.get("tool_choice") ?? "auto";
  // Clients that validate the Response know no other vendor's words.
  if (typeof choice === "string") return choiceMode(choice) ?? choice;
  return body.peek("tool_choice")?.get("type") === undefined ? "auto" : choice;
}

/** A function gets every field of OpenAI's description. */
function tool({ values }: Fields): JsonObject {
  if (values["type"] !== "function") return values;
  return { description: null, parameters: null, strict: null, ...values };
}
