import type { Message, ToolCallPart } from "@agproxy/core";

/** The tool calls in messages, in order. */
export function calledTools(messages: readonly Message[]): readonly ToolCallPart[] {
  const calls: ToolCallPart[] = [];
  for (const { content } of messages) {
    for (const part of content) if (part.type === "tool-call") calls.push(part);
  }
  return calls;
}
