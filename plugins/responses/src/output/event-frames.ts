import { type Framing, sse } from "./framing.ts";

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
