import {
  defined,
  type JsonObject,
  type MediaPart,
  type Message,
  parsedJson,
  type Part,
  type TextPart,
  type ToolCallPart,
  type ToolResultPart,
} from "@agproxy/core";
import { extraContent } from "@agproxy/plugin-openai-wire";
import type { ServerKind } from "../servers.ts";
import { wireMedia } from "./media-part.ts";

/** What messages need to be written. */
export interface MessageContext {
  readonly server: ServerKind;
  /** What a signature holds, where this server made it. */
  unmark(signature: string): string | undefined;
  /** Called for each field that the wire cannot carry. */
  noteIgnored(field: string): void;
}

/**
 * The messages of a conversation.
 * Source: https://platform.openai.com/docs/api-reference/chat/create#chat-create-messages
 */
export function wireMessages(
  messages: readonly Message[],
  context: MessageContext,
): readonly JsonObject[] {
  const written: JsonObject[] = [];
  /** Media of tools' results: they follow the last result, because nothing may stand between a call and its results. */
  let pending: JsonObject[] = [];
  const flush = () => {
    if (pending.length > 0) written.push({ role: "user", content: pending });
    pending = [];
  };
  for (const message of joinedSystems(messages, context.server)) {
    const results: ToolResultPart[] = [];
    const said: Part[] = [];
    for (const part of message.content) {
      if (part.type === "tool-result") results.push(part);
      else said.push(part);
    }
    if (results.length === 0) flush();
    for (const result of results) {
      written.push(toolResult(result, context));
      for (const entry of resultMedia(result, context.server)) pending.push(entry);
    }
    if (said.length === 0) continue;
    if (results.length > 0) flush();
    const wire = spoken({ ...message, content: said }, context);
    if (wire !== undefined) written.push(wire);
  }
  flush();
  return written;
}

/** The instructions at the start as one message of several parts, for templates that take only one. */
function joinedSystems(messages: readonly Message[], server: ServerKind): readonly Message[] {
  if (server.severalSystems) return messages;
  const first = messages.findIndex(({ role }) => role !== "system" && role !== "developer");
  const end = first === -1 ? messages.length : first;
  if (end < 2) return messages;
  const content = messages.slice(0, end).flatMap((message) => message.content);
  return [{ role: "system", content }, ...messages.slice(end)];
}

function spoken(message: Message, context: MessageContext): JsonObject | undefined {
  if (message.role === "assistant") return assistant(message, context);
  const content = contentOf(message.content, context);
  if (content === undefined) return undefined;
  const role = roleOf(message.role, context.server);
  return { role, content, ...defined({ name: message.name }) };
}

function roleOf(role: Message["role"], { developerRole }: ServerKind): string {
  if (role === "developer") return developerRole ? role : "system";
  // A tool's message without a result is somebody's text.
  return role === "tool" ? "user" : role;
}

/** A text where there is only one, because simple servers take nothing else; a list otherwise. */
function contentOf(
  parts: readonly Part[],
  context: MessageContext,
): string | readonly JsonObject[] | undefined {
  const entries: JsonObject[] = [];
  let text = "";
  for (const part of parts) {
    const entry = contentEntry(part, context);
    if (entry === undefined) continue;
    if (part.type === "text") text = part.text;
    entries.push(entry);
  }
  if (entries.length === 1 && entries[0]?.["type"] === "text") return text;
  return entries.length === 0 ? undefined : entries;
}

function contentEntry(part: Part, context: MessageContext): JsonObject | undefined {
  switch (part.type) {
    case "text":
      return { type: "text", text: part.text, ...signed(part, context) };
    case "media":
      return { ...wireMedia(part, context.server), ...signed(part, context) };
    case "refusal":
      return { type: "text", text: part.text };
    default:
      context.noteIgnored(part.type.replaceAll("-", "_"));
      return undefined;
  }
}

/** What the model said before: its text joined as it was streamed, its calls, and what the server needs to know again. */
function assistant(message: Message, context: MessageContext): JsonObject | undefined {
  const said: Said = { text: undefined, thoughts: "", refusal: "", calls: [], images: [] };
  for (const part of message.content) take(said, part, context);
  const details = reasoningDetails(message.content, context);
  const { thoughts: field } = context.server;
  const thoughts = field !== undefined && said.thoughts !== "" && details === undefined;
  const { text, refusal, calls, images } = said;
  const isEmpty = text === undefined && refusal === "" && calls.length === 0 && images.length === 0;
  if (isEmpty && !thoughts) return undefined;
  return {
    role: "assistant",
    content: text ?? (calls.length > 0 || refusal !== "" ? null : ""),
    ...defined({
      name: message.name,
      refusal: refusal || undefined,
      tool_calls: calls.length > 0 ? calls : undefined,
      images: images.length > 0 ? images : undefined,
      reasoning_details: details,
    }),
    ...(thoughts ? { [field]: said.thoughts } : {}),
    ...messageSignature(message.content, context),
  };
}

interface Said {
  text: string | undefined;
  thoughts: string;
  refusal: string;
  readonly calls: JsonObject[];
  readonly images: JsonObject[];
}

function take(said: Said, part: Part, context: MessageContext): void {
  switch (part.type) {
    case "text":
      said.text = (said.text ?? "") + part.text;
      break;
    case "reasoning":
      said.thoughts += part.text;
      break;
    case "refusal":
      said.refusal += part.text;
      break;
    case "tool-call":
      said.calls.push(toolCall(part, context));
      break;
    case "media":
      if (context.server.pictures && part.media === "image") {
        said.images.push(wireMedia(part, context.server));
      } else context.noteIgnored("images");
      break;
    default:
      // What code and searches led to is in the text after them.
      context.noteIgnored(part.type.replaceAll("-", "_"));
  }
}

function toolCall(part: ToolCallPart, context: MessageContext): JsonObject {
  const { id, name, arguments: text } = part;
  const written = text.trim() === "" ? "{}" : text;
  return {
    id,
    type: "function",
    function: { name, arguments: written },
    ...signed(part, context),
  };
}

/** The result of a call. There is no field that says it is an error: the text does. */
function toolResult(result: ToolResultPart, context: MessageContext): JsonObject {
  const isShown = ({ type }: Part) => type === "text" || context.server.isGateway;
  const content = contentOf(result.content.filter(isShown), context) ?? "";
  return { role: "tool", tool_call_id: result.callId, content };
}

/** The media of a result as a message of the user's: a result is text on this wire. */
function resultMedia(result: ToolResultPart, server: ServerKind): readonly JsonObject[] {
  const media = result.content.filter((part): part is MediaPart => part.type === "media");
  if (media.length === 0 || server.isGateway) return [];
  const from = result.name ?? result.callId;
  const heading = { type: "text", text: `Media returned by ${from}:` };
  return [heading, ...media.map((part) => wireMedia(part, server))];
}

/** A signature that this server made, on the part that had it. */
function signed(part: TextPart | MediaPart | ToolCallPart, context: MessageContext) {
  const own = part.signature === undefined ? undefined : context.unmark(part.signature);
  return own === undefined || !own.startsWith("s") ? undefined : extraContent(own.slice(1));
}

/** A message has room for one signature of what it says. */
function messageSignature(parts: readonly Part[], context: MessageContext) {
  let last: string | undefined;
  for (const { type, signature } of parts) {
    if (type !== "tool-call" && signature !== undefined) last = signature;
  }
  const own = last === undefined ? undefined : context.unmark(last);
  return own?.startsWith("s") === true ? extraContent(own.slice(1)) : undefined;
}

/** OpenRouter's account of what the model thought, which it wants back unchanged. */
function reasoningDetails(parts: readonly Part[], { unmark }: MessageContext): unknown {
  for (const { signature } of parts) {
    const own = signature === undefined ? undefined : unmark(signature);
    if (own?.startsWith("d") === true) return parsedJson(own.slice(1));
  }
  return undefined;
}
