import type { Citation, TokenLogprob } from "@agproxy/core";

/** What is known about a text beside its letters: found out while it is written, told when it ends. */
export interface Notes {
  readonly citations: readonly Citation[];
  readonly logprobs: readonly TokenLogprob[];
}

/** Notes that wait for the end of their text, or for its beginning. */
export class TextNotes {
  #citations: Citation[] = [];
  #logprobs: TokenLogprob[] = [];

  cite(citation: Citation): void {
    this.#citations.push(citation);
  }

  weigh(tokens: readonly TokenLogprob[]): void {
    for (const token of tokens) this.#logprobs.push(token);
  }

  get cited(): boolean {
    return this.#citations.length > 0;
  }

  take(): Notes {
    const notes = { citations: this.#citations, logprobs: this.#logprobs };
    this.#citations = [];
    this.#logprobs = [];
    return notes;
  }
}
