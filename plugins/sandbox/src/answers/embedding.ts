import { promptCounts } from "./prompt-counts.ts";
import { totalOf } from "./tokens.ts";
import type { EmbedRequest } from "../wire.ts";
import { crc32 } from "node:zlib";

const fullDimensions = 3072;

/**
 * The answer to embedContent or batchEmbedContents. As in the API, a shorter vector is the beginning of the full one,
 * and only models after `gemini-embedding-001` scale it to length one again.
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
  { content, outputDimensionality = fullDimensions }: EmbedRequest,
): readonly number[] {
  const parts = content?.parts ?? [];
  const values = vector(
    parts.map((part) => part.text ?? JSON.stringify(part)).join("\n"),
    fullDimensions,
  );
  if (outputDimensionality === fullDimensions) return values;
  const shorter = values.slice(0, outputDimensionality);
  return model.endsWith("gemini-embedding-001") ? shorter : unit(shorter);
}

/**
 * A vector for a text: the sum of one for each of its words, so that texts which share words are near each
 * other. The same text gives the same vector. Its length is one.
 */
function vector(text: string, dimensions: number): readonly number[] {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  const sum = new Float64Array(dimensions);
  for (const word of [...words, `whole ${text}`]) addWord(sum, word);
  return unit(sum);
}

/** The same direction, of length one. */
function unit(values: ArrayLike<number>): readonly number[] {
  const length = Math.hypot(...Array.from(values)) || 1;
  return Array.from(values, (value) => Math.fround(value / length));
}

/**
 * A linear congruential generator, seeded by the word, gives its direction. Source: Numerical Recipes, 3rd edition,
 * 7.1
 */
function addWord(sum: Float64Array, word: string): void {
  let state = crc32(word);
  for (let i = 0; i < sum.length; i += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    sum[i] = (sum[i] ?? 0) + state / 2 ** 31 - 1;
  }
}
