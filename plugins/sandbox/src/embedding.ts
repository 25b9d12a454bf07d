import { promptCounts } from "./prompt-counts.ts";
import { totalOf } from "./tokens.ts";
import { unit, vector } from "./vector.ts";
import type { EmbedRequest } from "./wire.ts";

const full = 3072;

/**
 * The answer to embedContent, or to batchEmbedContents. As the API does it, a shorter vector is the beginning of
 * the full one, and `gemini-embedding-001` does not bring it to length one again; later models do.
 *
 * Source: https://ai.google.dev/gemini-api/docs/embeddings#quality-for-smaller-dimensions
 */
export function embedded(model: string, requests: readonly EmbedRequest[], isBatch: boolean) {
  const embeddings = requests.map((request) => ({ values: valuesOf(model, request) }));
  const contents = requests.flatMap(({ content }) => content ?? []);
  const promptTokenDetails = promptCounts({ contents });
  const promptTokenCount = totalOf(promptTokenDetails);
  const usageMetadata = { promptTokenCount, promptTokenDetails };
  return isBatch ? { embeddings, usageMetadata } : { embedding: embeddings[0], usageMetadata };
}

function valuesOf(
  model: string,
  { content, outputDimensionality = full }: EmbedRequest,
): readonly number[] {
  const parts = content?.parts ?? [];
  const values = vector(parts.map((part) => part.text ?? JSON.stringify(part)).join("\n"), full);
  if (outputDimensionality === full) return values;
  const shorter = values.slice(0, outputDimensionality);
  return model.endsWith("gemini-embedding-001") ? shorter : unit(shorter);
}
