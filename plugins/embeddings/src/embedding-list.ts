import { AgproxyError, type Answer, type ChatRequest } from "@agproxy/core";
import { base64Floats } from "./base64-floats.ts";
import type { EncodingFormat } from "./embedding-request.ts";
import { unitVector } from "./unit-vector.ts";

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
