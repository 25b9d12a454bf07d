import { camelKeys, Fields, isObject, type Message, type Part, wrong } from "@agproxy/core";
import type { CallIds } from "./call-ids.ts";
import { readPart } from "./parts.ts";

/** What messages and parts were translated from. */
export type Pieces = Map<object, unknown>;

/** What reading a conversation needs, and adds to. */
export interface Reading {
  readonly pieces: Pieces;
  readonly ids: CallIds;
}

/** The conversation, one message for each content, and before it the instruction. */
export function readMessages(body: Fields, reading: Reading): readonly Message[] {
  const messages: Message[] = [];
  const instruction = body.get("systemInstruction");
  if (instruction !== undefined) {
    const content = partsOf(instruction, "systemInstruction", reading);
    messages.push(kept({ role: "system", content }, instruction, reading));
  }
  for (const [index, content] of contentsOf(body).entries()) {
    messages.push(readContent(content, `contents[${index}]`, reading));
  }
  return messages;
}

/** One content is a list of one. */
function contentsOf(body: Fields): readonly unknown[] {
  const given = body.get("contents");
  if (given === undefined) return [];
  return Array.isArray(given) ? given : [given];
}

/** Source: https://ai.google.dev/api/caching#Content */
export function readContent(content: unknown, at: string, reading: Reading): Message {
  const role = Fields.of(content, at).string("role");
  const parts = partsOf(content, at, reading);
  const message: Message = { role: roleOf(role, parts), content: parts };
  return kept(message, content, reading);
}

function roleOf(role: string | undefined, parts: readonly Part[]): Message["role"] {
  if (role === "model") return "assistant";
  if (role === "system") return "system";
  return parts.length > 0 && parts.every(({ type }) => type === "tool-result") ? "tool" : "user";
}

function partsOf(content: unknown, at: string, reading: Reading): readonly Part[] {
  if (typeof content === "string") return [{ type: "text", text: content }];
  const { parts } = camelKeys(Fields.of(content, at).values);
  const given = parts ?? [];
  const list: readonly unknown[] = Array.isArray(given) ? given : [given];
  return list.map((value, index) => {
    const place = `${at}.parts[${index}]`;
    if (typeof value === "string") return { type: "text", text: value };
    if (!isObject(value)) throw wrong(place, "an object");
    const part = readPart(value, place, reading.ids);
    return kept(part, value, reading);
  });
}

function kept<Value extends object>(value: Value, from: unknown, { pieces }: Reading): Value {
  pieces.set(value, from);
  return value;
}
