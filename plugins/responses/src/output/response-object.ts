import {
  type JsonObject,
  type Usage,
  errorBody,
  type AgproxyError,
  type ErrorCode,
  Fields,
} from "@agproxy/core";
import type { OutputItem } from "./output-items.ts";
import { ToolNames } from "../tool-names.ts";

/** What is the same in every copy of one Response. */
export interface ResponseHead {
  readonly id: string;
  /** Unix time in seconds. */
  readonly created: number;
  /** As the client wrote it. */
  readonly model: string;
  /** The request's own fields, repeated. */
  readonly echoed: JsonObject;
}

type ResponseStatus =
  | "queued"
  | "in_progress"
  | "completed"
  | "incomplete"
  | "failed"
  | "cancelled";

/** How far a Response came. */
export interface ResponseState {
  readonly status: ResponseStatus;
  /** Unix time in seconds; only of one that is completed. */
  readonly completedAt?: number;
  readonly error?: ResponseFailure;
  readonly incomplete?: { readonly reason: string } | null;
  readonly output?: readonly OutputItem[];
  readonly usage?: WireUsage;
}

export type ResponseObject = ReturnType<typeof responseObject>;

/**
 * A Response with every field of OpenAI's description: clients that check types fail on a missing one.
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
 * Token counts. Zeros where the upstream gave none: some clients take an answer without a usage object for
 * an unfinished one and ask again for ever.
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

/** The error object of a Response that failed. */
export interface ResponseFailure {
  readonly code: string;
  readonly message: string;
}

/**
 * Codes that Responses clients branch on, for those of agproxy's that mean the same. An overloaded model is
 * a plain server error: the code that names it makes clients give up at once.
 * Source: https://platform.openai.com/docs/api-reference/responses/object, `error.code`
 */
const codes: Readonly<Partial<Record<string, string>>> = {
  context_length_exceeded: "context_length_exceeded",
  invalid_json: "invalid_prompt",
  invalid_request: "invalid_prompt",
  pool_exhausted: "rate_limit_exceeded",
  quota_exhausted: "rate_limit_exceeded",
  rate_limit_exceeded: "rate_limit_exceeded",
  upstream_rejected: "invalid_prompt",
} satisfies Partial<Record<ErrorCode, string>>;

export function responseFailure(error: AgproxyError): ResponseFailure {
  return { code: codes[error.code] ?? "server_error", message: errorBody(error).error.message };
}

/** The body of an error that is not part of a stream. */
export function wireError(error: AgproxyError) {
  const { error: body } = errorBody(error);
  return { error: { ...body, code: wireCode(error) } };
}

/** At this code clients send the whole conversation again instead of giving up. */
function wireCode({ code, details }: AgproxyError): string {
  return details?.["previous_response_id"] === undefined ? code : "previous_response_not_found";
}

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
