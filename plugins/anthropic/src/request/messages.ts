import {
  defined,
  type Fields,
  type Message,
  type Part,
  type TextPart,
  type ToolResultPart,
} from "@agproxy/core";
import { assistantParts, idOf, type Reading } from "./assistant-blocks.ts";
import { blocksOf, plainBlock, plainContent } from "./content-blocks.ts";
import { withMedia } from "@agproxy/plugin-openai-wire";

/** Reads `system` and the messages. */
export function readMessages(body: Fields, reading: Reading): readonly Message[] {
  const list = body.objects("messages");
  if (list.length === 0) throw body.wrong("messages", "an array with at least one message");
  const messages: Message[] = [];
  const system = plainContent(body, "system", reading.ignored).filter(isNotEmpty);
  if (system.length > 0) messages.push({ role: "system", content: system });
  for (const message of list) addMessage(messages, message, reading);
  return messages;
}

function isNotEmpty(part: Part): boolean {
  return part.type !== "text" || part.text !== "";
}

function addMessage(messages: Message[], message: Fields, reading: Reading): void {
  const role = message.string("role");
  switch (role) {
    case "assistant":
      messages.push({ role, content: assistantParts(message, reading) });
      return;
    case "system":
      messages.push({ role, content: plainContent(message, "content", reading.ignored) });
      return;
    case "user":
      break;
    default:
      reading.ignored.add("messages.role");
  }
  addUser(messages, message, reading);
}

/** A user's message also holds the results of tools; they become messages of their own, in their place. */
function addUser(messages: Message[], message: Fields, reading: Reading): void {
  const blocks = blocksOf(message, "content");
  if (typeof blocks === "string") {
    messages.push({ role: "user", content: withMedia([text(blocks)], false) });
    return;
  }
  let run: { readonly role: "user" | "tool"; readonly content: Part[] } | undefined;
  for (const block of blocks) {
    const isResult = resultTypes.has(block.get("type"));
    const role = isResult ? "tool" : "user";
    if (run?.role !== role) {
      run = { role, content: [] };
      messages.push(run);
    }
    const parts = isResult
      ? [toolResult(block, reading)]
      : withMedia(plainBlock(block, reading.ignored), false);
    for (const part of parts) run.content.push(part);
  }
}

const resultTypes: ReadonlySet<unknown> = new Set(["tool_result", "mcp_tool_result"]);

function text(value: string): TextPart {
  return { type: "text", text: value };
}

function toolResult(block: Fields, { ignored }: Reading): ToolResultPart {
  return {
    type: "tool-result",
    callId: idOf(block, "tool_use_id"),
    content: plainContent(block, "content", ignored),
    ...defined({ isError: block.boolean("is_error") }),
  };
}
