import type { EventSink, ItemStatus, PartPlace, Place } from "./event-frames.ts";
import { type TextNotes, type OutputText, TextPart } from "./text-part.ts";

export interface OutputMessage {
  readonly type: "message";
  readonly id: string;
  readonly status: ItemStatus;
  readonly role: "assistant";
  readonly content: readonly (OutputText | OutputRefusal)[];
}

/** A message that is being written, one part after the other. */
export class MessageItem {
  readonly type = "message";
  readonly #sink: EventSink;
  readonly #place: Place;
  readonly #notes: TextNotes;
  readonly #content: (OutputText | OutputRefusal)[] = [];
  readonly #partEnded: (text: string) => void;
  #part: TextPart | RefusalPart | undefined;
  #isSigned = false;

  /** `partEnded` gets the text of each part. */
  constructor(sink: EventSink, place: Place, notes: TextNotes, partEnded: (text: string) => void) {
    this.#sink = sink;
    this.#place = place;
    this.#notes = notes;
    this.#partEnded = partEnded;
    const { output_index } = place;
    sink.event("response.output_item.added", { output_index, item: this.#item("in_progress") });
  }

  /** The open text, or a new one. `offset` is the number of characters of the answer before it. */
  text(offset: number): TextPart {
    if (this.#part?.type === "output_text" && !this.#isSigned) return this.#part;
    this.endPart();
    const part = new TextPart(this.#sink, this.#nextPlace(), offset);
    this.#part = part;
    return part;
  }

  /** A text of its own, so that it can be told from the text around it. `offset` as for `text`. */
  link(text: string, offset: number): void {
    this.endPart();
    this.text(offset).add(text);
    this.endPart();
  }

  /** The open refusal, or a new one. */
  refusal(): RefusalPart {
    if (this.#part?.type === "refusal" && !this.#isSigned) return this.#part;
    this.endPart();
    const part = new RefusalPart(this.#sink, this.#nextPlace());
    this.#part = part;
    return part;
  }

  /**
   * The open part, where it is of this type and not signed yet. It takes no more text from now on, because its
   * signature would not fit; it stays open for citations and logprobs, which vendors send last.
   */
  markSigned(type: "output_text" | "refusal"): TextPart | RefusalPart | undefined {
    if (this.#part?.type !== type || this.#isSigned) return undefined;
    this.#isSigned = true;
    return this.#part;
  }

  endPart(): void {
    const part = this.#part;
    this.#part = undefined;
    this.#isSigned = false;
    if (part === undefined) return;
    this.#content.push(part.type === "refusal" ? part.end() : part.end(this.#notes.take()));
    this.#partEnded(part.text);
  }

  close(status: ItemStatus): OutputMessage {
    this.endPart();
    const item = this.#item(status);
    const { output_index } = this.#place;
    this.#sink.event("response.output_item.done", { output_index, item });
    return item;
  }

  #nextPlace(): PartPlace {
    return { ...this.#place, content_index: this.#content.length };
  }

  #item(status: ItemStatus): OutputMessage {
    const id = this.#place.item_id;
    return { type: this.type, id, status, role: "assistant", content: [...this.#content] };
  }
}

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
