import { namedSseFrame, sseFrame } from "@agproxy/core";
import { textPieces } from "@agproxy/plugin-openai-wire";

/** Where the events of an answer go. */
export interface EventSink {
  event(type: string, fields: object): void;
  /** A writer of delta events that differ only in their text. A long text takes several. */
  deltas(type: string, fields: object): (delta: string) => void;
}

/** For an answer that is not streamed: its items are built by the same steps. */
export const noEvents: EventSink = { event: () => {}, deltas: () => () => {} };

/** How an event becomes text. */
export interface Framing {
  event(type: string, json: string): string;
  /** What follows the last event of an answer that ended well. */
  readonly end: string;
  /** Whether error events carry an HTTP status: a WebSocket has no other place for one. */
  readonly tellsStatus: boolean;
}

/** Server-sent events, for HTTP. OpenAI's API ends without `[DONE]`; the Open Responses specification requires it. */
export const sse: Framing = {
  event: namedSseFrame,
  end: sseFrame("[DONE]"),
  tellsStatus: false,
};

/** One line of JSON for each event, for a WebSocket. */
export const jsonLines: Framing = {
  event: (_type, json) => `${json}\n`,
  end: "",
  tellsStatus: true,
};

/** Events as frames, numbered from 0 without a gap. */
export class EventFrames implements EventSink {
  readonly #framing: Framing;
  #nextNumber = 0;
  #frames = "";

  constructor(framing: Framing = sse) {
    this.#framing = framing;
  }

  event(type: string, fields: object): void {
    const sequence_number = this.#nextNumber++;
    this.#frames += this.#framing.event(type, JSON.stringify({ type, ...fields, sequence_number }));
  }

  /** Nearly all events of an answer are deltas: what they have in common is serialised only once. */
  deltas(type: string, fields: object): (delta: string) => void {
    const [before, after] = this.#framing.event(type, "\0").split("\0");
    const head = `${before}${JSON.stringify({ type, ...fields }).slice(0, -1)},"delta":`;
    const tail = `}${after}`;
    return (delta) => {
      for (const piece of textPieces(delta)) {
        const sequence_number = this.#nextNumber++;
        this.#frames += `${head}${JSON.stringify(piece)},"sequence_number":${sequence_number}${tail}`;
      }
    };
  }

  /** The frames since the last call. */
  take(): string {
    const frames = this.#frames;
    this.#frames = "";
    return frames;
  }
}

/** The fields by which every event names its item. */
export interface Place {
  readonly item_id: string;
  readonly output_index: number;
}

/** The fields by which every event names its part of a message. */
export interface PartPlace extends Place {
  readonly content_index: number;
}

export type ItemStatus = "in_progress" | "completed" | "incomplete" | "failed";
