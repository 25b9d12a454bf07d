import { type Message, type Part, type Fields, jsonText, type ReasoningPart } from "@agproxy/core";
import { readCompactionToken, expandedSummary } from "../compaction/summary.ts";
import { customArguments } from "@agproxy/plugin-openai-wire";
import { legalName } from "../tool-names.ts";
import { contentParts, resultContent, codeParts, imageParts } from "./content-parts.ts";
import type { Seal } from "../seal.ts";
import type { ToolNames } from "../tool-names.ts";
import type { Conversation } from "./message-builder.ts";
import type { Ignored } from "./ignored.ts";
import { readSignatureToken } from "../signatures.ts";

/** Traces of what another vendor's side did. They say nothing to a model; what they are is named. */
const traces: ReadonlySet<string> = new Set([
  "item_reference",
  "mcp_approval_request",
  "mcp_approval_response",
  "mcp_list_tools",
]);

/** Calls of tools that a client runs though it did not declare them: their items name the tool, not a function. */
const builtIns: ReadonlySet<string> = new Set([
  "apply_patch",
  "computer",
  "local_shell",
  "shell",
  "tool_search",
]);

const roles: ReadonlySet<string> = new Set(["system", "developer", "user", "assistant"]);

/**
 * Adds one item of `input` to the conversation. An item nobody knows goes to the model as it is written
 * and is named: to leave it out could hide what the model is asked about.
 * Source: https://platform.openai.com/docs/api-reference/responses/create, `input`
 */
export function readItem(item: Fields, reading: ItemReading): void {
  const { conversation, ignored } = reading;
  const type = item.string("type") ?? (item.get("role") === undefined ? undefined : "message");
  switch (type) {
    case "message":
      return message(item, reading);
    case "reasoning":
      return reasoningItem(item, reading);
    case "function_call":
      return call(item, item.string("arguments") ?? "{}", reading);
    case "custom_tool_call":
      return call(item, customArguments(item.string("input") ?? ""), reading);
    case "function_call_output":
    case "custom_tool_call_output":
      return output(item, reading);
    case "image_generation_call":
      return conversation.assistant(imageParts(item));
    case "code_interpreter_call":
      return conversation.assistant(codeParts(item));
    case "compaction":
    case "compaction_summary":
      return compaction(item, reading);
    case "tool_search_output":
      return foundTools(item, reading);
    case "additional_tools":
    // What a search found, the model has already said.
    case "web_search_call":
      return undefined;
    default:
  }
  const builtIn = /^(\w+)_call(_output)?$/.exec(type ?? "");
  if (builtIn?.[1] !== undefined && builtIns.has(builtIn[1])) {
    return builtIn[2] === undefined
      ? builtInCall(item, builtIn[1], reading)
      : output(item, reading);
  }
  ignored.add(type === undefined ? item.at : `input.${type}`);
  if (!traces.has(type ?? "")) conversation.carry(item.json());
}

function message(item: Fields, { conversation, ignored }: ItemReading): void {
  const role = item.string("role") ?? "user";
  const content = contentParts(item, "content", ignored);
  if (role === "assistant") return conversation.assistant(content.filter(saysSomething));
  if (!roles.has(role)) ignored.add(`input.role.${role}`);
  conversation.message(roles.has(role) ? (role as Message["role"]) : "user", content);
}

/** Clients fill the content of a turn that has only calls with an empty text. */
function saysSomething(part: Part): boolean {
  return part.type !== "text" || part.text !== "";
}

function callId(item: Fields): string {
  const id = item.string("call_id") ?? item.string("id");
  if (id === undefined || id === "") throw item.wrong("call_id", "a non-empty string");
  return legalName(id);
}

function call(item: Fields, args: string, { conversation, names }: ItemReading): void {
  const name = names.nameOf(item.string("namespace"), item.name("name"));
  conversation.assistant([{ type: "tool-call", id: callId(item), name, arguments: args }]);
}

function builtInCall(item: Fields, name: string, { conversation }: ItemReading): void {
  const { type: _type, id: _id, call_id: _call, status: _status, ...rest } = item.values;
  const action = rest["action"] ?? rest["operation"] ?? rest["arguments"] ?? rest;
  const args = typeof action === "string" ? action : jsonText(action, item.at);
  conversation.assistant([{ type: "tool-call", id: callId(item), name, arguments: args }]);
}

function output(item: Fields, { conversation, ignored }: ItemReading): void {
  const content = resultContent(item, ignored);
  conversation.result({ type: "tool-result", callId: callId(item), content });
}

/** What a search found is told to the model by name; the tools themselves are offered like any other. */
function foundTools(item: Fields, { conversation }: ItemReading): void {
  if (item.get("call_id") === undefined) return;
  const names = item.objects("tools").flatMap((tool) => tool.string("name") ?? []);
  const text = names.length === 0 ? "No tools found." : `Found tools: ${names.join(", ")}`;
  const content = [{ type: "text", text } as const];
  conversation.result({ type: "tool-result", callId: callId(item), content });
}

/** A conversation in short. Another gateway's, or a damaged one, nobody here can read. */
function compaction(item: Fields, { conversation, ignored }: ItemReading): void {
  const summary = readCompactionToken(item.string("encrypted_content") ?? "");
  if (summary === undefined) return ignored.add("input.compaction");
  conversation.message("user", [{ type: "text", text: expandedSummary(summary) }]);
}

/** What items are read into. */
export interface ItemReading {
  readonly conversation: Conversation;
  readonly names: ToolNames;
  readonly ignored: Ignored;
  readonly seal: Seal;
}

/**
 * Thoughts of an earlier turn, and the signatures that travel in its `encrypted_content`. One that is not
 * agproxy's own is left out: nobody here can read it, and no vendor but its maker takes it.
 */
function reasoningItem(item: Fields, { conversation, ignored, seal }: ItemReading): void {
  const token = item.string("encrypted_content");
  const signatures = token === undefined ? undefined : readSignatureToken(token, seal);
  if (token !== undefined && token !== "" && signatures === undefined) {
    ignored.add("input.reasoning.encrypted_content");
  }
  const bySummary = new Map(signatures?.summaries);
  const thoughts = texts(item).map((text, index): ReasoningPart => {
    const signature = bySummary.get(index);
    return signature === undefined
      ? { type: "reasoning", text }
      : { type: "reasoning", text, signature };
  });
  if (signatures !== undefined) conversation.signed(signatures);
  conversation.assistant(thoughts);
  for (const [type, signature] of signatures?.empties ?? []) {
    conversation.assistant([{ type, text: "", signature }]);
  }
}

/** The summary, or the thoughts themselves where a client has those. */
function texts(item: Fields): readonly string[] {
  const summary = item.objects("summary").flatMap((part) => part.string("text") ?? []);
  if (summary.length > 0) return summary;
  return item.objects("content").flatMap((part) => part.string("text") ?? []);
}
