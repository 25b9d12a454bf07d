import {
  type Fields,
  jsonText,
  type Part,
  type ReasoningPart,
  type Seal,
  legalName,
} from "@agproxy/core";
import { customArguments, unknownText, withMedia, type Ignored } from "@agproxy/plugin-openai-wire";
import { expandedSummary, readCompactionToken } from "../compaction/summary.ts";
import { readSignatureToken } from "../signatures.ts";
import type { ToolNames } from "../tool-names.ts";
import { codeParts, contentParts, imageParts, resultContent } from "./content-parts.ts";
import type { MessageBuilder } from "./message-builder.ts";

/** What reading an item adds to, and what it needs. */
export interface ItemReading {
  readonly messages: MessageBuilder;
  readonly names: ToolNames;
  readonly ignored: Ignored;
  /** Asked for only where there is a token. */
  readonly seal: () => Seal;
}

/** Items about things at OpenAI. Other models have no use for them, so they are left out and named. */
const leftOut: ReadonlySet<string> = new Set([
  "item_reference",
  "mcp_approval_request",
  "mcp_approval_response",
  "mcp_list_tools",
]);

/** What OpenAI found and called. It is text, so any length of it may go to the model. */
const textItems: ReadonlySet<string> = new Set(["file_search_call", "mcp_call"]);

/** Tools that OpenAI's models know without a declaration. The type of a call's item names the tool. */
const builtInTools: ReadonlySet<string> = new Set([
  "apply_patch",
  "computer",
  "local_shell",
  "shell",
  "tool_search",
]);

const roles: ReadonlySet<string> = new Set(["system", "developer", "user", "assistant"]);

/**
 * Adds one item of `input` to the messages. An item of unknown type goes to the model as JSON and is named: the user's
 * question may depend on it. A large one is refused.
 * Source: https://platform.openai.com/docs/api-reference/responses/create, `input`
 */
export function readItem(item: Fields, reading: ItemReading): void {
  const { messages, ignored } = reading;
  const type = item.string("type") ?? (item.get("role") === undefined ? undefined : "message");
  switch (type) {
    case "message":
      return readMessage(item, reading);
    case "reasoning":
      return readReasoningItem(item, reading);
    case "function_call":
      return readCall(item, item.string("arguments") ?? "{}", reading);
    case "custom_tool_call":
      return readCall(item, customArguments(item.string("input") ?? ""), reading);
    case "function_call_output":
    case "custom_tool_call_output":
      return readOutput(item, reading);
    case "image_generation_call":
      return messages.addAssistant(imageParts(item));
    case "code_interpreter_call":
      return messages.addAssistant(codeParts(item));
    case "compaction":
    case "compaction_summary":
      return readCompaction(item, reading);
    case "tool_search_output":
      return readFoundTools(item, reading);
    case "additional_tools":
    // The model's answer already contains what a search found.
    case "web_search_call":
      return undefined;
    default:
  }
  const builtIn = /^(\w+)_call(_output)?$/.exec(type ?? "");
  if (builtIn?.[1] !== undefined && builtInTools.has(builtIn[1])) {
    return builtIn[2] === undefined
      ? readBuiltInCall(item, builtIn[1], reading)
      : readOutput(item, reading);
  }
  ignored.add(type === undefined ? item.at : `input.${type}`);
  if (leftOut.has(type ?? "")) return;
  messages.addUnknown(textItems.has(type ?? "") ? item.json() : unknownText(item, advice));
}

const advice = "Send what it says as a message, and media in the parts of one.";

function readMessage(item: Fields, { messages, ignored }: ItemReading): void {
  const role = item.string("role") ?? "user";
  const content = contentParts(item, "content", ignored);
  if (role === "assistant") return messages.addAssistant(content.filter(isNotEmpty));
  if (!roles.has(role)) ignored.add(`input.role.${role}`);
  if (role === "system" || role === "developer") return messages.add(role, content);
  messages.add("user", withMedia(content, false));
}

/** Some clients send an empty text with a message that only calls tools; vendors refuse it. */
function isNotEmpty(part: Part): boolean {
  return part.type !== "text" || part.text !== "";
}

/**
 * The thoughts of an earlier turn, and the signatures in its `encrypted_content`. Content that is not agproxy's own is
 * left out: only its maker can read it.
 */
function readReasoningItem(item: Fields, { messages, ignored, seal }: ItemReading): void {
  const token = item.string("encrypted_content");
  const signatures = token === undefined ? undefined : readSignatureToken(token, seal);
  if (token !== undefined && token !== "" && signatures === undefined) {
    ignored.add("input.reasoning.encrypted_content");
  }
  const bySummary = new Map(signatures?.summaries);
  const thoughts = thoughtTexts(item).map((text, index): ReasoningPart => {
    const signature = bySummary.get(index);
    return signature === undefined
      ? { type: "reasoning", text }
      : { type: "reasoning", text, signature };
  });
  if (signatures !== undefined) messages.addSignatures(signatures);
  messages.addAssistant(thoughts);
  for (const [type, signature] of signatures?.empties ?? []) {
    messages.addAssistant([{ type, text: "", signature }]);
  }
}

/** The summary, or the reasoning itself where a client has only that. */
function thoughtTexts(item: Fields): readonly string[] {
  const summary = item.objects("summary").flatMap((part) => part.string("text") ?? []);
  if (summary.length > 0) return summary;
  return item.objects("content").flatMap((part) => part.string("text") ?? []);
}

function callId(item: Fields): string {
  const id = item.string("call_id") ?? item.string("id");
  if (id === undefined || id === "") throw item.wrong("call_id", "a non-empty string");
  return legalName(id);
}

function readCall(item: Fields, args: string, { messages, names }: ItemReading): void {
  const name = names.nameOf(item.string("namespace"), item.name("name"));
  messages.addAssistant([{ type: "tool-call", id: callId(item), name, arguments: args }]);
}

function readBuiltInCall(item: Fields, name: string, { messages }: ItemReading): void {
  const { type: _type, id: _id, call_id: _call, status: _status, ...rest } = item.values;
  const action = rest["action"] ?? rest["operation"] ?? rest["arguments"] ?? rest;
  const args = typeof action === "string" ? action : jsonText(action, item.at);
  messages.addAssistant([{ type: "tool-call", id: callId(item), name, arguments: args }]);
}

function readOutput(item: Fields, { messages, ignored }: ItemReading): void {
  const content = resultContent(item, ignored);
  messages.addResult({ type: "tool-result", callId: callId(item), content });
}

/** The model reads the names of the tools that its search found; the tools themselves are declared like any other. */
function readFoundTools(item: Fields, { messages }: ItemReading): void {
  if (item.get("call_id") === undefined) return;
  const names = item.objects("tools").flatMap((tool) => tool.string("name") ?? []);
  const text = names.length === 0 ? "No tools found." : `Found tools: ${names.join(", ")}`;
  const content = [{ type: "text", text } as const];
  messages.addResult({ type: "tool-result", callId: callId(item), content });
}

/** A summary in place of a conversation. A damaged one, or another gateway's, cannot be read. */
function readCompaction(item: Fields, { messages, ignored }: ItemReading): void {
  const summary = readCompactionToken(item.string("encrypted_content") ?? "");
  if (summary === undefined) return ignored.add("input.compaction");
  messages.add("user", [{ type: "text", text: expandedSummary(summary) }]);
}
