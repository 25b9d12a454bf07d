import type { EventSink, PartPlace } from "./event-frames.ts";
import type { Citation, TokenLogprob } from "@agproxy/core";

export interface OutputText {
  readonly type: "output_text";
  readonly text: string;
  readonly annotations: readonly UrlCitation[];
  readonly logprobs: readonly WireLogprob[];
}

/** What is known about a text. */
interface Notes {
  readonly citations: readonly Citation[];
  readonly logprobs: readonly TokenLogprob[];
}

/** Citations and logprobs that wait for the end of their text. They may come before its first character. */
export class TextNotes {
  #citations: Citation[] = [];
  #logprobs: TokenLogprob[] = [];

  addCitation(citation: Citation): void {
    this.#citations.push(citation);
  }

  addLogprobs(tokens: readonly TokenLogprob[]): void {
    for (const token of tokens) this.#logprobs.push(token);
  }

  get hasCitations(): boolean {
    return this.#citations.length > 0;
  }

  take(): Notes {
    const notes = { citations: this.#citations, logprobs: this.#logprobs };
    this.#citations = [];
    this.#logprobs = [];
    return notes;
  }
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

  /** Annotations are sent at the end: a citation without a range supports the whole text, whose length is known only now. */
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

/** Source: https://platform.openai.com/docs/api-reference/responses/object, `output[].content[].annotations` */
interface UrlCitation {
  readonly type: "url_citation";
  readonly url: string;
  readonly title: string;
  readonly start_index: number;
  readonly end_index: number;
}

/**
 * A citation as an annotation of one text. A citation counts from the beginning of the answer, an annotation from that
 * of its text, which is at `offset`.
 */
function urlCitation(citation: Citation, offset: number, text: string): UrlCitation {
  const within = (index: number) => Math.min(Math.max(index - offset, 0), text.length);
  const { url, title = "", start = offset, end = offset + text.length } = citation;
  return { type: "url_citation", url, title, start_index: within(start), end_index: within(end) };
}

/** Source: https://platform.openai.com/docs/api-reference/responses/object, `output[].content[].logprobs` */
interface WireLogprob {
  readonly token: string;
  readonly logprob: number;
  readonly bytes: readonly number[];
  readonly top_logprobs: readonly Omit<WireLogprob, "top_logprobs">[];
}

function wireLogprob({ token, logprob, top }: TokenLogprob): WireLogprob {
  const top_logprobs = top.map((one) => ({ ...one, bytes: bytes(one.token) }));
  return { token, logprob, bytes: bytes(token), top_logprobs };
}

function bytes(token: string): readonly number[] {
  return [...Buffer.from(token, "utf8")];
}
