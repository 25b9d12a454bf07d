import { drawsImages, generation, speaks } from "./models.ts";

/** What a model can be asked for beyond plain text. */
export interface Abilities {
  /** What it can answer with. */
  readonly output: readonly string[];
  readonly functions: boolean;
  readonly json: boolean;
  /** System instructions. */
  readonly instructions: boolean;
  /** More than one turn. */
  readonly chat: boolean;
  readonly candidates: number;
  readonly logprobs: boolean;
  readonly penalties: boolean;
}

const all: Abilities = {
  output: ["TEXT"],
  functions: true,
  json: true,
  instructions: true,
  chat: true,
  candidates: 8,
  logprobs: true,
  penalties: true,
};

/**
 * What the API says of each family when asked for too much. Log probabilities of Gemini 2.5 are as on
 * Vertex AI: the Gemini API has switched them off for every model of today.
 */
export function abilitiesOf(model: string): Abilities {
  const newer = generation(model) >= 3;
  const text = {
    ...all,
    candidates: newer ? 1 : 8,
    logprobs: !newer,
    penalties: generation(model) < 2.5,
  };
  const fewer = { ...text, functions: false, candidates: 1, logprobs: false, penalties: false };
  if (speaks(model)) {
    return { ...fewer, output: ["AUDIO"], json: false, instructions: false, chat: false };
  }
  if (drawsImages(model)) return { ...fewer, output: ["IMAGE", "TEXT"], json: newer };
  if (model.startsWith("gemma-3")) return { ...fewer, json: false, instructions: false };
  return text;
}
