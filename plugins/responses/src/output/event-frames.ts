import { namedSseFrame, sseFrame } from "@agproxy/core";

/** Where the events of an answer go. */
export interface EventSink {
  event(type: string, fields: object): void;
  /** A writer of delta events that differ only in their text. */
  deltas(type: string, fields: object): (delta: string) => void;
}

/** Nobody listens: an answer that is not streamed is built by the same steps. */
export const silence: EventSink = { event: () => {}, deltas: () => () => {} };

/** Events as frames, numbered from 0 without a gap. */
export class EventFrames implements EventSink {
  readonly #framing: Framing;
  #next = 0;
  #frames = "";

  constructor(framing: Framing = sse) {
    this.#framing = framing;
  }

  event(type: string, fields: object): void {
    const sequence_number = this.#next++;
    this.#frames += this.#framing.event(type, JSON.stringify({ type, ...fields, sequence_number }));
  }

  /** Most of an answer are such events, so what is equal in all of them is written once. */
  deltas(type: string, fields: object): (delta: string) => void {
    const [before, after] = this.#framing.event(type, "\0").split("\0");
    const head = `${before}${JSON.stringify({ type, ...fields }).slice(0, -1)},"delta":`;
    const tail = `}${after}`;
    return (delta) => {
      this.#frames += `${head}${JSON.stringify(delta)},"sequence_number":${this.#next++}${tail}`;
    };
  }

  /** The frames since the last call. */
  take(): string {
    const frames = this.#frames;
    this.#frames = "";
    return frames;
  }
}

/** How an event becomes text: a wire of its own for each way a client is connected. */
export interface Framing {
  event(type: string, json: string): string;
  /** What follows the last event of an answer that ended well. */
  readonly end: string;
}

/** Server-sent events. The real API ends without `[DONE]`, the Open Responses specification wants it. */
export const sse: Framing = { event: namedSseFrame, end: sseFrame("[DONE]") };

/** A line of JSON each. */
export const lines: Framing = { event: (_type, json) => `${json}\n`, end: "" };

/** Where an item stands, as every event about it says. */
export interface Place {
  readonly item_id: string;
  readonly output_index: number;
}

/** Where a part of a message stands. */
export interface PartPlace extends Place {
  readonly content_index: number;
}

/** How far an item came. */
export type ItemStatus = "in_progress" | "completed" | "incomplete" | "failed";
