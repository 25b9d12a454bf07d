import type { ChatEvent, Citation } from "@agproxy/core";
import type { ChatWish } from "./chat-request.ts";
import { markdown } from "./markdown.ts";
import { extraContent } from "./signature.ts";
import { isFunctionCall, wireFunctionCall, wireToolCall } from "./chat-answer.ts";
import type { Insert } from "./annotations.ts";

/** Events that are a piece of the message. A chat asks for no embedding. */
export type PieceEvent = Exclude<
  ChatEvent,
  { type: "usage" | "citation" | "search" | "logprobs" | "embedding" | "finish" }
>;

/** What an event adds to the message, as JSON text. Updates `progress`. */
export function writeDelta(event: PieceEvent, progress: Progress, wish: ChatWish): string {
  switch (event.type) {
    case "text":
      progress.text += event.text.length;
      progress.anything ||= event.text !== "";
      return field("content", event.text, event.signature);
    case "reasoning":
      return field("reasoning_content", event.text, event.signature);
    case "refusal":
      progress.anything ||= event.text !== "";
      return field("refusal", event.text, event.signature);
    case "tool-call":
      progress.anything = true;
      return call(event, progress.calls++, wish);
    default: {
      const text = markdown(event);
      progress.anything = true;
      progress.inserts.push({ at: progress.text, length: text.length });
      return field("content", text, event.signature);
    }
  }
}

function field(name: string, text: string, signature: string | undefined): string {
  const delta = `{"${name}":${JSON.stringify(text)}`;
  if (signature === undefined) return `${delta}}`;
  return `${delta},${JSON.stringify(extraContent(signature)).slice(1)}`;
}

function call(
  event: Extract<ChatEvent, { type: "tool-call" }>,
  nth: number,
  wish: ChatWish,
): string {
  if (isFunctionCall(wish, nth)) return JSON.stringify({ function_call: wireFunctionCall(event) });
  const index = wish.legacyFunctions ? nth - 1 : nth;
  return JSON.stringify({ tool_calls: [{ index, ...wireToolCall(event, wish) }] });
}

/** How far one choice of a stream has come. */
export interface Progress {
  /** Whether its first delta, which carries the role, went out. */
  started: boolean;
  finished: boolean;
  /** Tool calls so far: the next one's index. */
  calls: number;
  /** Whether there is anything but thoughts. */
  anything: boolean;
  /** Length of the answer's own text, and what was written between. */
  text: number;
  readonly inserts: Insert[];
  /** Those not written yet. */
  readonly citations: Citation[];
}

export function newProgress(): Progress {
  return {
    started: false,
    finished: false,
    calls: 0,
    anything: false,
    text: 0,
    inserts: [],
    citations: [],
  };
}
