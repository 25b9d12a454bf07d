import {
  type ChatRequest,
  defined,
  Fields,
  type HostedTool,
  type JsonObject,
  type Message,
  type Seal,
} from "@agproxy/core";
import { Ignored, identity, searches, vendorExtensions } from "@agproxy/plugin-openai-wire";
import { summaryPrompt } from "../compaction/summary.ts";
import { echoedFields } from "../output/response-object.ts";
import { ToolNames } from "../tool-names.ts";
import {
  nameWithoutEffect,
  refuseStoredAtOpenai,
  readOutputFormat,
  readReasoning,
  readSampling,
} from "./settings.ts";
import { type ItemReading, readItem } from "./items.ts";
import { MessageBuilder } from "./message-builder.ts";
import { allowedHosted, readToolChoice, readTools } from "./tools.ts";

/** The stored items that a request refers to. */
export interface Recalled {
  /** The items before the request's own: the conversation of `previous_response_id`. */
  readonly history: readonly JsonObject[];
  /** The items that `item_reference`s name, by id. */
  readonly references: ReadonlyMap<string, JsonObject>;
}

export interface Reading {
  readonly request: ChatRequest;
  /** The fields of the request that its Response repeats. */
  readonly echoed: JsonObject;
  readonly names: ToolNames;
  readonly ignored: readonly string[];
  /** Whether a summary of the conversation is asked for instead of an answer. */
  readonly compacts: boolean;
  /** The request's own items, with references resolved. */
  readonly items: readonly JsonObject[];
}

export const nothingRecalled: Recalled = { history: [], references: new Map() };

/**
 * Reads the body of a `POST /v1/responses`. Unknown fields, nulls and empty objects are accepted; a known field of
 * another type is an `invalid_request` that names it.
 * Source: https://platform.openai.com/docs/api-reference/responses/create
 */
export function readRequest(
  value: unknown,
  seal: () => Seal,
  { history, references }: Recalled = nothingRecalled,
): Reading {
  const body = Fields.of(value, "");
  const ignored = new Ignored();
  refuseStoredAtOpenai(body);
  nameWithoutEffect(body, ignored);
  const own = inputItems(body);
  const compacts = triggersCompaction(own);
  const resolved = (compacts ? own.slice(0, -1) : own).map((item) => referred(item, references));
  const before = history.map((item) => Fields.of(item, "previous_response_id"));
  const reading = { messages: new MessageBuilder(), names: new ToolNames(), ignored, seal };
  const request = chatRequest(body, [...before, ...resolved], reading);
  return {
    request: compacts ? summaryRequest(request) : request,
    echoed: echoedFields(body),
    names: reading.names,
    ignored: ignored.names,
    compacts,
    items: resolved.map(({ values }) => values),
  };
}

function chatRequest(body: Fields, items: readonly Fields[], reading: ItemReading): ChatRequest {
  const { names, ignored } = reading;
  const hosted = new Set<HostedTool>();
  const offered = [...body.objects("tools"), ...toolsInItems(items)];
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
      reasoning: readReasoning(body, ignored),
      ...identity(body),
      extensions: vendorExtensions(body),
    }),
  };
}

/**
 * Whether the last item asks for a summary of the conversation instead of an answer. Throws where such an item stands
 * anywhere else: the client would take an answer for a summary.
 * Source: https://platform.openai.com/docs/api-reference/responses/create, `input`
 */
function triggersCompaction(items: readonly Fields[]): boolean {
  const trigger = items.findIndex((item) => item.get("type") === "compaction_trigger");
  if (trigger === -1) return false;
  if (trigger === items.length - 1) return true;
  throw items[trigger]!.wrong(
    "type",
    "another type: only the last item may be a compaction_trigger",
  );
}

/** A summary is plain text: without tools, and without the output format of the answer. */
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

/** A bare `{ id }` is a reference too: its type may be left out. */
export function isReference({ type = null, role = null, id }: JsonObject): boolean {
  if (type !== null) return type === "item_reference";
  return role === null && typeof id === "string";
}

const typesWithTools: ReadonlySet<unknown> = new Set(["additional_tools", "tool_search_output"]);

/** Some clients send tools as an item of the input, or find them with a search of their own. */
function toolsInItems(items: readonly Fields[]): readonly Fields[] {
  return items
    .filter((item) => typesWithTools.has(item.get("type")))
    .flatMap((item) => item.objects("tools"));
}

/** `instructions` come first, even before a history that begins with a system message. */
function readMessages(
  body: Fields,
  items: readonly Fields[],
  reading: ItemReading,
): readonly Message[] {
  const { messages } = reading;
  const instructions = body.string("instructions") ?? "";
  if (instructions !== "") messages.add("system", [{ type: "text", text: instructions }]);
  for (const item of items) readItem(item, reading);
  return messages.build();
}
