import { cachedTokens, textTokens, modalityOf, partTokens } from "./tokens.ts";
import type { Content, GenerateRequest, ModalityCount, Part } from "../wire.ts";

/** Tokens of all that a request gives the model to read, text first. */
export function promptCounts(request: GenerateRequest): readonly ModalityCount[] {
  const { contents = [], systemInstruction, tools } = request;
  const system = systemInstruction === undefined ? [] : [systemInstruction];
  // What was thought in an earlier answer is read like anything else.
  const parts = [...system, ...contents]
    .flatMap((content: Content) => content.parts ?? [])
    .map((part) => ({ ...part, thought: false }));
  const [text, ...files] = new Tally().add([{ text: "" }, ...parts]).counts;
  const declared = tools === undefined ? 0 : textTokens(JSON.stringify(tools));
  const tokenCount = (text?.tokenCount ?? 0) + declared + cachedTokens(request);
  return [{ modality: "TEXT", tokenCount }, ...files];
}

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
