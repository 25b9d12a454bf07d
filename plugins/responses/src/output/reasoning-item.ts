import { defined } from "@agproxy/core";
import type { Signatures } from "../signatures.ts";
import type { EventSink, ItemStatus, Place } from "./event-frames.ts";

interface SummaryText {
  readonly type: "summary_text";
  readonly text: string;
}

export interface OutputReasoning {
  readonly type: "reasoning";
  readonly id: string;
  readonly status: ItemStatus;
  readonly summary: readonly SummaryText[];
  /** Absent where there is none: OpenAI allows `null` too, the Open Responses specification does not. */
  readonly encrypted_content?: string;
}

/** Reasoning that is being written. A signature ends a summary text, and what follows it begins another. */
export class ReasoningItem {
  readonly type = "reasoning";
  readonly #sink: EventSink;
  readonly #place: Place;
  readonly #summary: SummaryText[] = [];
  readonly #signatures: [index: number, signature: string][] = [];
  #text = "";
  #delta: ((delta: string) => void) | undefined;

  constructor(sink: EventSink, place: Place) {
    this.#sink = sink;
    this.#place = place;
    const { output_index } = place;
    sink.event("response.output_item.added", { output_index, item: this.#item("in_progress") });
  }

  /** Of this item's summary texts. */
  get signatures(): Signatures["summaries"] {
    return this.#signatures;
  }

  get hasOpenText(): boolean {
    return this.#delta !== undefined;
  }

  add(text: string): void {
    this.#delta ??= this.#begin();
    this.#text += text;
    this.#delta(text);
  }

  /** Signs the open text and ends it: the signature would not fit a longer one. */
  sign(signature: string): void {
    this.#signatures.push([this.#summary.length, signature]);
    this.#end();
  }

  /** `token` carries the signatures that are to come back with this item. */
  close(status: ItemStatus, token: string | undefined): OutputReasoning {
    this.#end();
    const item = this.#item(status, token);
    const { output_index } = this.#place;
    this.#sink.event("response.output_item.done", { output_index, item });
    return item;
  }

  #begin(): (delta: string) => void {
    const place = this.#summaryPlace();
    const part: SummaryText = { type: "summary_text", text: "" };
    this.#sink.event("response.reasoning_summary_part.added", { ...place, part });
    return this.#sink.deltas("response.reasoning_summary_text.delta", place);
  }

  #end(): void {
    if (this.#delta === undefined) return;
    const place = this.#summaryPlace();
    const part: SummaryText = { type: "summary_text", text: this.#text };
    this.#sink.event("response.reasoning_summary_text.done", { ...place, text: this.#text });
    this.#sink.event("response.reasoning_summary_part.done", { ...place, part });
    this.#summary.push(part);
    this.#text = "";
    this.#delta = undefined;
  }

  #summaryPlace(): Place & { readonly summary_index: number } {
    return { ...this.#place, summary_index: this.#summary.length };
  }

  #item(status: ItemStatus, token?: string): OutputReasoning {
    const id = this.#place.item_id;
    const summary = [...this.#summary];
    return { type: this.type, id, status, summary, ...defined({ encrypted_content: token }) };
  }
}
