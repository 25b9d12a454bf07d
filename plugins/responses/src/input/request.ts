import {
  defined,
  type ChatRequest,
  type HostedTool,
  type JsonObject,
  type Message,
  Fields,
} from "@agproxy/core";
import { searches } from "@agproxy/plugin-openai-wire";
import { summaryPrompt } from "../compaction/summary.ts";
import { type Echo, echoedFields } from "../output/response-object.ts";
import type { Seal } from "../seal.ts";
import { ToolNames } from "../tool-names.ts";
import { Conversation } from "./message-builder.ts";
import { allowedHosted, readToolChoice, readTools } from "./tools.ts";
import { Ignored, nameUnhonoured, refuseStored } from "./ignored.ts";
import { type ItemReading, readItem } from "./items.ts";
import { readOutputFormat, readReasoning, readSampling } from "./settings.ts";

/** What a request refers to and does not hold. */
export interface Recalled {
  /** The items before the request's own: of `previous_response_id`. */
  readonly history: readonly JsonObject[];
  /** The items that `item_reference`s name, by id. */
  readonly references: ReadonlyMap<string, JsonObject>;
}

export interface Reading {
  readonly request: ChatRequest;
  readonly echo: Echo;
  readonly ignored: readonly string[];
  /** Whether a summary of the conversation is asked for instead of an answer. */
  readonly compacts: boolean;
  /** The request's own items, references resolved. */
  readonly items: readonly JsonObject[];
}

export const nothingRecalled: Recalled = { history: [], references: new Map() };

/**
 * What the body of a `POST /v1/responses` means. Unknown fields, nulls and empty objects are no errors;
 * a known field of another type is an `invalid_request` that names it.
 * Source: https://platform.openai.com/docs/api-reference/responses/create
 */
export function readRequest(
  value: unknown,
  seal: Seal,
  { history, references }: Recalled = nothingRecalled,
): Reading {
  const body = Fields.of(value, "");
  const ignored = new Ignored();
  refuseStored(body);
  nameUnhonoured(body, ignored);
  const own = inputItems(body);
  const compacts = triggersCompaction(own);
  const resolved = (compacts ? own.slice(0, -1) : own).map((item) => referred(item, references));
  const before = history.map((item) => Fields.of(item, "previous_response_id"));
  const reading: ItemReading = {
    conversation: new Conversation(),
    names: new ToolNames(),
    ignored,
    seal,
  };
  const request = chatRequest(body, [...before, ...resolved], reading);
  return {
    request: compacts ? summaryRequest(request) : request,
    echo: { fields: echoedFields(body), names: reading.names },
    ignored: ignored.names,
    compacts,
    items: resolved.map(({ values }) => values),
  };
}

function chatRequest(body: Fields, items: readonly Fields[], reading: ItemReading): ChatRequest {
  const { names, ignored } = reading;
  const hosted = new Set<HostedTool>();
  const offered = [...body.objects("tools"), ...lateTools(items)];
  const tools = readTools(offered, { names, ignored, hosted });
  if (searches(body.name("model"))) hosted.add("web-search");
  return {
    model: body.name("model"),
    messages: readMessages(body, items, reading),
    stream: body.boolean("stream") ?? false,
    sampling: readSampling(body),
    ...defined({
      tools: tools.length === 0 ? undefined : tools,
      hostedTools: allowedHosted(hosted, body),
      toolChoice: readToolChoice(body, names, ignored),
      parallelToolCalls: body.boolean("parallel_tool_calls"),
      output: readOutputFormat(body, ignored),
      reasoning: readReasoning(body),
      cacheKey: body.string("prompt_cache_key"),
      user: body.string("user") ?? body.string("safety_identifier"),
      extensions: extensions(body),
    }),
  };
}

/** A summary is text: no tools, no shape. */
function summaryRequest(request: ChatRequest): ChatRequest {
  const { tools: _tools, hostedTools: _hosted, toolChoice: _choice, ...answer } = request;
  const { output: _output, ...rest } = answer;
  const ask: Message = { role: "user", content: [{ type: "text", text: summaryPrompt }] };
  return { ...rest, messages: [...request.messages, ask] };
}

/** The items of `input`; a string is one message. */
function inputItems(body: Fields): readonly Fields[] {
  const input = body.get("input");
  if (typeof input === "string") {
    return [Fields.of({ type: "message", role: "user", content: input }, "input")];
  }
  if (!Array.isArray(input)) throw body.wrong("input", "a string or an array of items");
  return body.objects("input");
}

function referred(item: Fields, references: Recalled["references"]): Fields {
  const found = isReference(item.values) ? references.get(item.string("id") ?? "") : undefined;
  return found === undefined ? item : Fields.of(found, item.at);
}

/** A bare `{ id }` is one too: the type may be left out. */
export function isReference({ type = null, role = null, id }: JsonObject): boolean {
  if (type !== null) return type === "item_reference";
  return role === null && typeof id === "string";
}

const toolBearers: ReadonlySet<unknown> = new Set(["additional_tools", "tool_search_output"]);

/** Some clients send tools as an item of the input, or find them with a search of their own. */
function lateTools(items: readonly Fields[]): readonly Fields[] {
  return items
    .filter((item) => toolBearers.has(item.get("type")))
    .flatMap((item) => item.objects("tools"));
}

/** `instructions` come first, whatever the input begins with. */
function readMessages(
  body: Fields,
  items: readonly Fields[],
  reading: ItemReading,
): readonly Message[] {
  const { conversation } = reading;
  const instructions = body.string("instructions") ?? "";
  if (instructions !== "") {
    conversation.message("system", [{ type: "text", text: instructions }]);
  }
  for (const item of items) readItem(item, reading);
  return conversation.messages();
}

/** A vendor's own options, as OpenAI's SDKs write them into a body or leave them under `extra_body`. */
function extensions(body: Fields): ChatRequest["extensions"] {
  const google = body.object("google") ?? body.peek("extra_body")?.object("google");
  return google === undefined ? undefined : { google: google.values };
}

/**
 * Whether the input asks for a summary of the conversation instead of an answer: its last item says so.
 * Throws where such an item stands anywhere else: the client would take an answer for a summary.
 * Source: https://platform.openai.com/docs/api-reference/responses/create, `input`
 */
function triggersCompaction(items: readonly Fields[]): boolean {
  const first = items.findIndex((item) => item.get("type") === "compaction_trigger");
  if (first === -1) return false;
  if (first === items.length - 1) return true;
  throw items[first]!.wrong(
    "type",
    "something else: a compaction_trigger is the last item, and once",
  );
}
