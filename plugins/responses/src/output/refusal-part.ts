import type { EventSink } from "./event-frames.ts";
import type { PartPlace } from "./place.ts";

export interface OutputRefusal {
  readonly type: "refusal";
  readonly refusal: string;
}

/** A refusal that is being written. */
export class RefusalPart {
  readonly type = "refusal";
  readonly #sink: EventSink;
  readonly #place: PartPlace;
  readonly #delta: (delta: string) => void;
  #text = "";

  constructor(sink: EventSink, place: PartPlace) {
    this.#sink = sink;
    this.#place = place;
    const part: OutputRefusal = { type: this.type, refusal: "" };
    sink.event("response.content_part.added", { ...place, part });
    this.#delta = sink.deltas("response.refusal.delta", place);
  }

  get text(): string {
    return this.#text;
  }

  add(text: string): void {
    if (text === "") return;
    this.#text += text;
    this.#delta(text);
  }

  end(): OutputRefusal {
    const part: OutputRefusal = { type: this.type, refusal: this.#text };
    this.#sink.event("response.refusal.done", { ...this.#place, refusal: this.#text });
    this.#sink.event("response.content_part.done", { ...this.#place, part });
    return part;
  }
}
