import { AgproxyError, type Answer, type ChatRequest } from "@agproxy/core";
import type { EncodingFormat } from "./embedding-request.ts";

export interface ListOptions {
  readonly format: EncodingFormat;
  readonly normalize: boolean;
}

/**
 * The vectors of a whole answer. Throws `upstream_unreadable` where an input has none.
 *
 * The model is the one the client asked for: clients look up sizes and prices by that name. Counts that the
 * upstream does not tell are 0, for clients add them up unseen.
 * Source: https://platform.openai.com/docs/api-reference/embeddings/object
 */
export function embeddingList(answer: Answer, request: ChatRequest, options: ListOptions) {
  const count = request.messages.length;
  if (answer.choices.length !== count) {
    throw unreadable(`${answer.choices.length} vectors for ${count} inputs`);
  }
  const data = answer.choices.map(({ embedding: vector }, index) => {
    if (vector === undefined || vector.length === 0)
      throw unreadable(`no vector for input ${index}`);
    const scaled = options.normalize ? unitVector(vector) : vector;
    const embedding = options.format === "base64" ? base64Floats(scaled) : scaled;
    return { object: "embedding", index, embedding };
  });
  const { inputTokens = 0, totalTokens = 0 } = answer.usage ?? {};
  const usage = { prompt_tokens: inputTokens, total_tokens: totalTokens };
  return { object: "list", data, model: request.model, usage };
}

function unreadable(what: string): AgproxyError {
  return new AgproxyError("upstream_unreadable", `The upstream sent ${what}.`, {
    advice: "Check that the model is one for embeddings.",
  });
}

/** Numbers as 32-bit floats, little-endian whatever this machine is, in base64. */
export function base64Floats(numbers: readonly number[]): string {
  const bytes = Buffer.allocUnsafe(numbers.length * 4);
  numbers.forEach((number, index) => bytes.writeFloatLE(number, index * 4));
  return bytes.toString("base64");
}

/** Beyond what adding up rounded numbers explains. */
const tolerance = 1e-3;

/**
 * The same direction with length 1. Clients compare OpenAI's vectors with a plain dot product, which is the
 * cosine only at that length; some models shorten a vector to the dimensions asked for and leave it shorter.
 * A vector that has the length already stays as it is, bit for bit, and so does one without a direction.
 */
export function unitVector(vector: readonly number[]): readonly number[] {
  const length = Math.sqrt(vector.reduce((sum, number) => sum + number * number, 0));
  if (length === 0 || Math.abs(length - 1) <= tolerance) return vector;
  return vector.map((number) => number / length);
}
