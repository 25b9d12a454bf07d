import { Tally } from "./tally.ts";
import { cachedTokens, textTokens } from "./tokens.ts";
import type { Content, GenerateRequest, ModalityCount } from "./wire.ts";

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
