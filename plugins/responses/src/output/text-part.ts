import { type UrlCitation, urlCitation } from "./annotation.ts";
import type { EventSink } from "./event-frames.ts";
import { type WireLogprob, wireLogprob } from "./logprob.ts";
import type { PartPlace } from "./place.ts";
import type { Notes } from "./text-notes.ts";

export interface OutputText {
  readonly type: "output_text";
  readonly text: string;
  readonly annotations: readonly UrlCitation[];
  readonly logprobs: readonly WireLogprob[];
}

/** A text that is being written. */
export class TextPart {
  readonly type = "output_text";
  readonly #sink: EventSink;
  readonly #place: PartPlace;
  readonly #offset: number;
  readonly #delta: (delta: string) => void;
  #text = "";

  /** `offset` is the number of characters of the answer before this text. */
  constructor(sink: EventSink, place: PartPlace, offset: number) {
    this.#sink = sink;
    this.#place = place;
    this.#offset = offset;
    const part: OutputText = { type: this.type, text: "", annotations: [], logprobs: [] };
    sink.event("response.content_part.added", { ...place, part });
    this.#delta = sink.deltas("response.output_text.delta", { ...place, logprobs: [] });
  }

  get text(): string {
    return this.#text;
  }

  add(text: string): void {
    if (text === "") return;
    this.#text += text;
    this.#delta(text);
  }

  /** Annotations come here and not before: only now is it known how long the text is that they support. */
  end(notes: Notes): OutputText {
    const sink = this.#sink;
    const place = this.#place;
    const text = this.#text;
    const annotations = notes.citations.map((citation) =>
      urlCitation(citation, this.#offset, text),
    );
    const logprobs = notes.logprobs.map(wireLogprob);
    for (const [annotation_index, annotation] of annotations.entries()) {
      const fields = { ...place, annotation_index, annotation };
      sink.event("response.output_text.annotation.added", fields);
    }
    const part: OutputText = { type: this.type, text, annotations, logprobs };
    sink.event("response.output_text.done", { ...place, text, logprobs });
    sink.event("response.content_part.done", { ...place, part });
    return part;
  }
}
