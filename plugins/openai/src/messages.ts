import {
  defined,
  type MediaPart,
  type Message,
  type Part,
  type TextPart,
  type ToolCallPart,
  Fields,
} from "@agproxy/core";
import { contentParts } from "./content-parts.ts";
import { OpenCalls } from "./open-calls.ts";
import { readSignature } from "./signature.ts";
import { toolCalls } from "./tool-calls.ts";

export interface Conversation {
  readonly messages: readonly Message[];
  /** Paths of what an earlier answer refers to and only its own maker knows. */
  readonly ignored: readonly string[];
}

/** The messages of a chat. Calls that no result has answered yet are kept at hand for results without an id. */
export function conversation(fields: Fields): Conversation {
  const list = fields.list("messages") ?? [];
  if (list.length === 0) throw fields.wrong("messages", "an array with at least one message");
  const open = new OpenCalls();
  const ignored: string[] = [];
  const messages = list.map((value, index): Message => {
    const message = Fields.of(value, `messages[${index}]`);
    const content = parts(message, index, open);
    const role = message.get("role");
    if (role === "assistant" && message.get("audio") !== undefined) {
      ignored.push(message.path("audio"));
    }
    if (role === "tool" || role === "function") return { role: "tool", content };
    const said = { role: plainRole(message), content };
    const speaker = name(message);
    return speaker === undefined ? said : { ...said, name: speaker };
  });
  return { messages, ignored };
}

function plainRole(message: Fields): Exclude<Message["role"], "tool"> {
  const role = message.string("role");
  switch (role) {
    case "system":
    case "developer":
    case "user":
    case "assistant":
      return role;
    default:
      throw message.wrong("role", "one of system, developer, user, assistant, tool, function");
  }
}

function name(message: Fields): string | undefined {
  return message.string("name") || undefined;
}

function parts(message: Fields, index: number, open: OpenCalls): readonly Part[] {
  switch (message.get("role")) {
    case "assistant":
      return assistant(message, index, open);
    case "tool":
    case "function":
      return [toolResult(message, index, open)];
    default:
      return contentParts(message, "content");
  }
}

function assistant(message: Fields, index: number, open: OpenCalls): readonly Part[] {
  const thought = spoken(message.get("reasoning_content")) ?? spoken(message.get("reasoning"));
  const refusal = message.string("refusal");
  const calls = toolCalls(message, (call) => `call_${index}_${call}`);
  for (const call of calls) open.add(call);
  const said: readonly Part[] = [
    ...(thought !== undefined ? [{ type: "reasoning", text: thought } as const] : []),
    ...contentParts(message, "content"),
    ...(refusal ? [{ type: "refusal", text: refusal } as const] : []),
  ];
  return [...signed(said, ownSignature(message, calls)), ...calls];
}

/** Some clients copy a call's token onto the message too; there it is the call's and no text's. */
function ownSignature(message: Fields, calls: readonly ToolCallPart[]): string | undefined {
  const signature = readSignature(message);
  return calls.some((call) => call.signature === signature) ? undefined : signature;
}

/** Thoughts as text. The API has no such field, so what else clients put there is not ours to judge. */
function spoken(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** A message has room for one signature: it is the last text's or, without text, the last part's. */
function signed(said: readonly Part[], signature: string | undefined): readonly Part[] {
  if (signature === undefined) return said;
  const lastText = said.findLastIndex((part) => part.type === "text");
  const at = lastText === -1 ? said.length - 1 : lastText;
  if (at === -1) return [{ type: "text", text: "", signature }];
  return said.map((part, index) =>
    index === at && part.signature === undefined ? { ...part, signature } : part,
  );
}

function toolResult(message: Fields, index: number, open: OpenCalls): Part {
  const named = name(message);
  const id = message.string("tool_call_id") || undefined;
  const call = open.take(id, named);
  return {
    type: "tool-result",
    callId: id ?? call?.id ?? `call_${index}`,
    ...defined({ name: named ?? call?.name }),
    content: contentParts(message, "content").map(resultPart),
  };
}

/** A result holds text and media; the other kinds are text in other words. */
function resultPart(part: Part): TextPart | MediaPart {
  if (part.type === "text" || part.type === "media") return part;
  return { type: "text", text: "text" in part ? part.text : JSON.stringify(part) };
}
