import type { Citation } from "@agproxy/core";
import { count, fields, list, word, type AnyFields } from "../shape.ts";
import { textPlaces, type Range, type ShownText, type TextPlaces } from "./text-places.ts";

/** The metadata that the citations of one choice are in. */
export interface CitedIn {
  readonly grounding: readonly AnyFields[];
  readonly sources: readonly AnyFields[];
  readonly pages: readonly AnyFields[];
}

/**
 * Citations of one choice: from grounding, from recitation checks, and the pages it read.
 * Sources: https://ai.google.dev/api/generate-content#GroundingMetadata and #CitationMetadata
 */
export function citations(
  { grounding, sources, pages }: CitedIn,
  shown: ShownText,
): readonly Citation[] {
  const found = new Map<string, Citation>();
  const places = textPlaces(shown);
  const add = (citation: Citation) => {
    const key = `${citation.url} ${citation.start} ${citation.end}`;
    if (!found.has(key)) found.set(key, citation);
  };
  for (const source of sources) {
    const url = word(source.uri);
    const { startIndex, endIndex } = source;
    const range = places.range(0, startIndex, endIndex);
    if (url !== undefined) add({ url, ...titled(source.title), ...range });
  }
  // The indexes of an event refer to its own sources, or to the last ones sent before it.
  let chunks: readonly unknown[] = [];
  for (const metadata of grounding) {
    const own = list(metadata.groundingChunks);
    if (own.length > 0) chunks = own;
    supports(metadata, chunks, places).forEach(add);
  }
  // A source without a range supports the answer as a whole.
  const cited = new Set([...found.values()].map(({ url }) => url));
  const whole = [
    ...grounding.flatMap((metadata) =>
      list(metadata.groundingChunks).flatMap((chunk) => withSource(chunk, {})),
    ),
    ...pages.flatMap(readPage),
  ];
  for (const citation of whole) if (!cited.has(citation.url)) add(citation);
  return [...found.values()];
}

function supports(
  metadata: AnyFields,
  chunks: readonly unknown[],
  places: TextPlaces,
): readonly Citation[] {
  return list(metadata.groundingSupports).flatMap((support) => {
    const { segment, groundingChunkIndices } = fields(support) ?? {};
    const range = segmentRange(fields(segment) ?? {}, places);
    return list(groundingChunkIndices).flatMap((index) => withSource(chunks[Number(index)], range));
  });
}

const readWell: ReadonlySet<unknown> = new Set(["URL_RETRIEVAL_STATUS_SUCCESS", 1]);

/** A page that the model was asked to read, and could. Source: https://ai.google.dev/api/generate-content#UrlMetadata */
function readPage({ retrievedUrl, urlRetrievalStatus }: AnyFields): readonly Citation[] {
  const url = word(retrievedUrl);
  return url === undefined || !readWell.has(urlRetrievalStatus) ? [] : [{ url }];
}

function withSource(chunk: unknown, range: Range): readonly Citation[] {
  const kinds = fields(chunk) ?? {};
  const source = fields(kinds.web) ?? fields(kinds.maps) ?? fields(kinds.retrievedContext) ?? {};
  const url = word(source.uri);
  return url === undefined ? [] : [{ url, ...titled(source.title), ...range }];
}

function titled(title: unknown): { readonly title?: string } {
  const text = word(title);
  return text === undefined ? {} : { title: text };
}

/**
 * Where a segment lies in the text shown. Its offsets count from the start of its part, which a stream blurs; where
 * the segment's own text is given, that decides.
 */
function segmentRange(segment: AnyFields, places: TextPlaces): Range {
  const { startIndex, endIndex } = segment;
  const quote = word(segment.text);
  const starts = new Set([places.partStart(count(segment.partIndex) ?? 0), 0]);
  const ranges = [...starts].map((start) => places.range(start, startIndex, endIndex));
  if (quote === undefined) return ranges[0] ?? {};
  return ranges.find((range) => places.says(range, quote)) ?? places.search(quote);
}

/**
 * The web searches of one choice, each once, in order.
 * Source: https://ai.google.dev/api/generate-content#GroundingMetadata
 */
export function searchQueries(grounding: readonly AnyFields[]): readonly string[] {
  const queries = grounding.flatMap(({ webSearchQueries }) => list(webSearchQueries));
  return [...new Set(queries.flatMap((query) => word(query) ?? []))];
}
