import { modalityOf, partTokens } from "./tokens.ts";
import type { ModalityCount, Part } from "./wire.ts";

/** Tokens of parts as they come, by kind. */
export class Tally {
  thoughts = 0;
  readonly #counts = new Map<string, number>();

  add(parts: readonly Part[]): this {
    for (const part of parts) {
      const tokens = partTokens(part);
      const modality = modalityOf(part);
      if (part.thought === true) this.thoughts += tokens;
      else this.#counts.set(modality, (this.#counts.get(modality) ?? 0) + tokens);
    }
    return this;
  }

  /** Without thoughts, in the order the kinds first came. */
  get counts(): readonly ModalityCount[] {
    return [...this.#counts].map(([modality, tokenCount]) => ({ modality, tokenCount }));
  }
}
