import type { Citation, JsonObject } from "@agproxy/core";

/**
 * What an answer cites, as grounding. Places are counted in bytes of the choice's text.
 * Source: https://ai.google.dev/api/generate-content#GroundingMetadata
 */
export function groundingMetadata(
  queries: readonly string[],
  citations: readonly Citation[],
  text: string,
): JsonObject | undefined {
  if (queries.length + citations.length === 0) return undefined;
  const chunks = new Map<string, number>();
  const groundingChunks: JsonObject[] = [];
  const groundingSupports: JsonObject[] = [];
  for (const { url, title, start, end } of citations) {
    let chunk = chunks.get(url);
    if (chunk === undefined) {
      chunk = groundingChunks.length;
      chunks.set(url, chunk);
      groundingChunks.push({ web: { uri: url, ...(title === undefined ? {} : { title }) } });
    }
    if (start === undefined || end === undefined) continue;
    const segment = {
      startIndex: Buffer.byteLength(text.slice(0, start)),
      endIndex: Buffer.byteLength(text.slice(0, end)),
      text: text.slice(start, end),
    };
    groundingSupports.push({ segment, groundingChunkIndices: [chunk] });
  }
  return {
    ...(queries.length === 0 ? {} : { webSearchQueries: queries }),
    ...(groundingChunks.length === 0 ? {} : { groundingChunks }),
    ...(groundingSupports.length === 0 ? {} : { groundingSupports }),
  };
}
