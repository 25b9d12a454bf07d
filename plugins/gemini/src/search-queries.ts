import { list, word, type Fields } from "./shape.ts";

/**
 * What one choice looked for on the web, each query once, in the order of asking.
 * Source: https://ai.google.dev/api/generate-content#GroundingMetadata
 */
export function searchQueries(grounding: readonly Fields[]): readonly string[] {
  if (grounding.length === 0) return [];
  const queries = grounding.flatMap(({ webSearchQueries }) => list(webSearchQueries));
  return [...new Set(queries.flatMap((query) => word(query) ?? []))];
}
