import {
  type ChatEvent,
  type NativeAnswer,
  nativeAnswers,
  payloadJson,
  type PayloadReader,
} from "@agproxy/core";
import { wire } from "../native/wire.ts";
import type { AnswerDecoder } from "./answer-decoder.ts";
import type { Unwrap } from "./answer-stream.ts";
import type { ToolNames } from "../request/tool-names.ts";

/**
 * Reads an answer for a client that speaks this wire itself, and keeps each payload beside its events. A payload without
 * events waits for the next one that has some, and so do the pieces of a call.
 */
export function nativeReader(
  decoder: AnswerDecoder,
  names: ToolNames,
  unwrap: Unwrap = (payload) => payload,
): PayloadReader {
  /** Whether the upstream calls a function by another name than the client. */
  const isRenamed = (event: ChatEvent) =>
    event.type === "tool-call" && names.legal(event.name) !== event.name;
  let texts: string[] = [];
  let events: ChatEvent[] = [];
  /** The last piece, where the end of the answer may belong to it. */
  let last: NativeAnswer | undefined;

  function release(out: ChatEvent[], more: Pick<NativeAnswer, "completes" | "isOpen">): void {
    if (events.length === 0) return;
    const piece: NativeAnswer = { wire, texts, events, ...more };
    const isOwn = !events.some(isRenamed);
    if (isOwn) nativeAnswers.keep(piece);
    last = piece.isOpen === true && isOwn ? piece : undefined;
    for (const event of events) out.push(event);
    texts = [];
    events = [];
  }

  function readOne(payload: unknown, text: string | undefined, out: ChatEvent[]): void {
    const answer = unwrap(payload);
    decoder.read(answer, events);
    texts.push(text !== undefined && answer === payload ? text : JSON.stringify(answer));
    if (!decoder.hasOpenCall()) release(out, { isOpen: decoder.mayBeOver() });
  }

  return {
    read(text, out) {
      if (text === "[DONE]" || text === "") return;
      const payload = payloadJson(text);
      if (!Array.isArray(payload)) readOne(payload, text, out);
      else for (const item of payload) readOne(item, undefined, out);
    },
    end(out, streamed) {
      const completes = texts.length === 0 && last !== undefined ? { completes: last } : {};
      decoder.end(events, streamed);
      release(out, completes);
    },
  };
}
