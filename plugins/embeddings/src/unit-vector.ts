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
