import type { ToolCallPart } from "@agproxy/core";
import type { ChatWish } from "./chat-request.ts";
import { customInput } from "@agproxy/plugin-openai-wire";
import { extraContent } from "./signature.ts";

export type Call = Pick<ToolCallPart, "id" | "name" | "arguments" | "signature">;

/**
 * Where the nth call of a choice goes. `function_call` has room for one, so in an answer to a client of the
 * older API every further call is a tool call: two in one field would be read as one with broken arguments.
 */
export function isFunctionCall(wish: ChatWish, nth: number): boolean {
  return wish.legacyFunctions && nth === 0;
}

export function wireFunctionCall(call: Call) {
  return { name: call.name, arguments: call.arguments, ...extraContent(call.signature) };
}

export function wireToolCall(call: Call, wish: ChatWish) {
  const { id, name } = call;
  const signed = extraContent(call.signature);
  if (wish.customTools.has(name)) {
    return { id, type: "custom", custom: { name, input: customInput(call.arguments) }, ...signed };
  }
  return { id, type: "function", function: { name, arguments: call.arguments }, ...signed };
}
