import { crc32 } from "node:zlib";

/**
 * A vector for a text: the sum of one for each of its words, so that texts which share words are near each
 * other. The same text gives the same vector. Its length is one.
 */
export function vector(text: string, dimensions: number): readonly number[] {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  const sum = new Float64Array(dimensions);
  for (const word of [...words, `whole ${text}`]) addWord(sum, word);
  return unit(sum);
}

/** The same direction, of length one. */
export function unit(values: ArrayLike<number>): readonly number[] {
  const length = Math.hypot(...Array.from(values)) || 1;
  return Array.from(values, (value) => Math.fround(value / length));
}

/** A generator of the linear kind, seeded by the word, gives its direction. Source: Numerical Recipes, 3rd edition, 7.1 */
function addWord(sum: Float64Array, word: string): void {
  let state = crc32(word);
  for (let i = 0; i < sum.length; i += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    sum[i] = (sum[i] ?? 0) + state / 2 ** 31 - 1;
  }
}
