import { randomId, type ChatEvent, type Citation } from "@agproxy/core";
import type { ChatWish } from "./chat-request.ts";
import { markdown } from "./markdown.ts";
import {
  isFieldImage,
  isFieldSound,
  isFunctionCall,
  wireFunctionCall,
  wireImage,
  wireToolCall,
} from "./chat-answer.ts";
import { customInput, extraContent, maxPieceLength, textPieces } from "@agproxy/plugin-openai-wire";
import { Layout } from "./annotations.ts";

/** Events that are a piece of the message. A chat asks for no embedding. */
export type PieceEvent = Exclude<
  ChatEvent,
  { type: "usage" | "citation" | "search" | "logprobs" | "embedding" | "finish" }
>;

/**
 * What an event adds to the message, as JSON texts: one delta, or several where one would be too long a line.
 * Updates `progress`.
 */
export function writeDeltas(
  event: PieceEvent,
  progress: Progress,
  wish: ChatWish,
): readonly string[] {
  switch (event.type) {
    case "text":
      progress.layout.addText(event.text.length);
      progress.anything ||= event.text !== "";
      return fields("content", event.text, event.signature);
    case "reasoning":
      return fields("reasoning_content", event.text, event.signature);
    case "refusal":
      progress.anything ||= event.text !== "";
      return fields("refusal", event.text, event.signature);
    case "tool-call":
      progress.anything = true;
      return calls(event, progress.calls++, wish);
    default: {
      progress.anything = true;
      if (isFieldSound(event, wish)) return sound(event, progress);
      if (isFieldImage(event, wish)) {
        const images = [wireImage(event, progress.images++)];
        return [JSON.stringify({ images, ...extraContent(event.signature) })];
      }
      const text = markdown(event);
      progress.layout.addInsert(text.length);
      return fields("content", text, event.signature);
    }
  }
}

/** A sound in one delta, or in several, each a whole number of base64's groups of four. Its signature goes with the last. */
function sound(
  { data, signature }: Extract<PieceEvent, { type: "media" }>,
  progress: Progress,
): readonly string[] {
  progress.audioId ??= `audio_${randomId()}`;
  const id = progress.audioId;
  const pieces = textPieces(data);
  return pieces.map((piece, index) => {
    const signed = index === pieces.length - 1 ? extraContent(signature) : undefined;
    return JSON.stringify({ audio: { id, data: piece }, ...signed });
  });
}

/** A text in one field, or in several deltas. Its signature goes with the last. */
function fields(name: string, text: string, signature: string | undefined): readonly string[] {
  if (text.length <= maxPieceLength) return [field(name, text, signature)];
  const pieces = textPieces(text);
  return pieces.map((piece, index) =>
    field(name, piece, index === pieces.length - 1 ? signature : undefined),
  );
}

function field(name: string, text: string, signature: string | undefined): string {
  const delta = `{"${name}":${JSON.stringify(text)}`;
  if (signature === undefined) return `${delta}}`;
  return `${delta},${JSON.stringify(extraContent(signature)).slice(1)}`;
}

/** A call in one delta, or its arguments in several. */
function calls(
  event: Extract<ChatEvent, { type: "tool-call" }>,
  nth: number,
  wish: ChatWish,
): readonly string[] {
  const isLegacy = isFunctionCall(wish, nth);
  const index = wish.legacyFunctions ? nth - 1 : nth;
  const isCustom = wish.customTools.has(event.name);
  const whole = isCustom && !isLegacy ? customInput(event.arguments) : event.arguments;
  const [first = "", ...rest] = textPieces(whole);
  const opening = isLegacy
    ? { function_call: { ...wireFunctionCall(event), arguments: first } }
    : { tool_calls: [{ index, ...wireToolCall(event, wish, first) }] };
  return [opening, ...rest.map(more)].map((delta) => JSON.stringify(delta));

  function more(piece: string) {
    if (isLegacy) return { function_call: { arguments: piece } };
    const added = isCustom ? { custom: { input: piece } } : { function: { arguments: piece } };
    return { tool_calls: [{ index, ...added }] };
  }
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
  readonly layout: Layout;
  /** Those not written yet. */
  readonly citations: Citation[];
  /** Pictures in `images` so far. */
  images: number;
  /** Equal in all deltas of a spoken answer. */
  audioId: string | undefined;
}

export function newProgress(): Progress {
  return {
    started: false,
    finished: false,
    calls: 0,
    anything: false,
    layout: new Layout(),
    citations: [],
    images: 0,
    audioId: undefined,
  };
}
