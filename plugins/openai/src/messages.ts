import {
  defined,
  type MediaPart,
  type Message,
  type Part,
  type TextPart,
  type ToolCallPart,
  Fields,
} from "@agproxy/core";
import { foreignPart, signatureIn, withMedia } from "@agproxy/plugin-openai-wire";
import { contentParts } from "./content-parts.ts";
import { signLast } from "./signed-part.ts";
import { toolCalls } from "./tool-calls.ts";

interface ReadMessages {
  readonly messages: readonly Message[];
  /** Paths of references to earlier answers, which only the vendor that made them can resolve. */
  readonly ignored: readonly string[];
}

/** Reads the messages of a chat. A tool result without an id answers the first call that is still open. */
export function readMessages(fields: Fields): ReadMessages {
  const list = fields.list("messages") ?? [];
  if (list.length === 0) throw fields.wrong("messages", "an array with at least one message");
  const open = new OpenCalls();
  const ignored: string[] = [];
  const noteIgnored = (path: string) => ignored.push(path);
  const messages = list.map((value, index): Message => {
    const message = Fields.of(value, `messages[${index}]`);
    const content = parts(message, index, open, noteIgnored);
    const role = message.get("role");
    if (role === "assistant" && message.get("audio") !== undefined) {
      noteIgnored(message.path("audio"));
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

function parts(
  message: Fields,
  index: number,
  open: OpenCalls,
  noteIgnored: (path: string) => void,
): readonly Part[] {
  const content = contentParts(message, "content", noteIgnored);
  switch (message.get("role")) {
    case "assistant":
      return assistant(message, content, index, open);
    case "tool":
    case "function":
      return [toolResult(message, content, index, open)];
    case "user":
      return withMedia(content, false);
    default:
      return content;
  }
}

function assistant(
  message: Fields,
  content: readonly Part[],
  index: number,
  open: OpenCalls,
): readonly Part[] {
  const thought =
    thoughtText(message.get("reasoning_content")) ?? thoughtText(message.get("reasoning"));
  const refusal = message.string("refusal");
  const calls = toolCalls(message, (call) => `call_${index}_${call}`);
  for (const call of calls) open.add(call);
  const said: readonly Part[] = [
    ...(thought !== undefined ? [{ type: "reasoning", text: thought } as const] : []),
    ...withMedia(content, true),
    ...images(message),
    ...(refusal ? [{ type: "refusal", text: refusal } as const] : []),
  ];
  return [...signLast(said, ownSignature(message, calls)), ...calls];
}

/** Some clients copy a call's signature onto the message as well; it belongs to the call, not to the text. */
function ownSignature(message: Fields, calls: readonly ToolCallPart[]): string | undefined {
  const signature = signatureIn(message.values);
  return calls.some((call) => call.signature === signature) ? undefined : signature;
}

/** Thoughts as text. The API does not define this field, so other types are left out without an error. */
function thoughtText(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** The pictures of an answer that carried them in a field of their own, as `images: "field"` writes it. */
function images(message: Fields): readonly Part[] {
  const list = message.get("images");
  if (!Array.isArray(list)) return [];
  return message.objects("images").flatMap((image) => foreignPart(image) ?? []);
}

function toolResult(
  message: Fields,
  content: readonly Part[],
  index: number,
  open: OpenCalls,
): Part {
  const named = name(message);
  const id = message.string("tool_call_id") || undefined;
  const call = open.take(id, named);
  return {
    type: "tool-result",
    callId: id ?? call?.id ?? `call_${index}`,
    ...defined({ name: named ?? call?.name }),
    content: withMedia(content, false).map(resultPart),
  };
}

/** A tool result holds text and media only; other kinds of parts become text. */
function resultPart(part: Part): TextPart | MediaPart {
  if (part.type === "text" || part.type === "media") return part;
  return { type: "text", text: "text" in part ? part.text : JSON.stringify(part) };
}

/** The calls of a conversation that no result has answered yet. There may be tens of thousands. */
class OpenCalls {
  readonly #open = new Set<ToolCallPart>();
  /** All calls, those of each id, and those of each name. */
  readonly #lines = new Map<string, Line>();

  add(call: ToolCallPart): void {
    this.#open.add(call);
    for (const key of [every, idKey(call.id), nameKey(call.name)]) {
      const line = this.#lines.get(key);
      if (line === undefined) this.#lines.set(key, { calls: [call], next: 0 });
      else line.calls.push(call);
    }
  }

  /** Takes the first call that a result with this id answers; without an id, the first of this name, or of any. */
  take(id: string | undefined, name: string | undefined): ToolCallPart | undefined {
    const key = id !== undefined ? idKey(id) : name !== undefined ? nameKey(name) : every;
    const line = this.#lines.get(key);
    if (line === undefined) return undefined;
    // Skips calls that were taken by way of another line; each is skipped once, so that taking all is not quadratic.
    while (line.next < line.calls.length) {
      const call = line.calls[line.next]!;
      line.next += 1;
      if (this.#open.delete(call)) return call;
    }
    return undefined;
  }
}

/** Calls in order, and the place of the first that may still be open. */
interface Line {
  readonly calls: ToolCallPart[];
  next: number;
}

const every = "every";
const idKey = (id: string): string => `id ${id}`;
const nameKey = (name: string): string => `name ${name}`;
