import type { Citation } from "@agproxy/core";
import { count, fields, list, word, type AnyFields } from "../shape.ts";

/** The text a choice has shown, and where each of its parts begins. */
export interface ShownText {
  readonly text: string;
  /** Positions in `text`, in UTF-16 units. */
  readonly partStarts: readonly number[];
}

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
  const add = (citation: Citation) => {
    const key = `${citation.url} ${citation.start} ${citation.end}`;
    if (!found.has(key)) found.set(key, citation);
  };
  for (const source of sources) {
    const url = word(source.uri);
    const { startIndex, endIndex } = source;
    const range = rangeInPart(shown.text, 0, startIndex, endIndex);
    if (url !== undefined) add({ url, ...titled(source.title), ...range });
  }
  const ranges = grounding.flatMap((metadata, index) =>
    supports(metadata, chunksAt(grounding, index), shown),
  );
  ranges.forEach(add);
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

/** The sources that the indexes of an event refer to: the event's own, or the last ones sent before it. */
function chunksAt(grounding: readonly AnyFields[], index: number): readonly unknown[] {
  const told = grounding.slice(0, index + 1);
  return list(told.findLast((each) => list(each.groundingChunks).length > 0)?.groundingChunks);
}

function supports(
  metadata: AnyFields,
  chunks: readonly unknown[],
  shown: ShownText,
): readonly Citation[] {
  return list(metadata.groundingSupports).flatMap((support) => {
    const { segment, groundingChunkIndices } = fields(support) ?? {};
    const range = segmentRange(fields(segment) ?? {}, shown);
    return list(groundingChunkIndices).flatMap((index) => withSource(chunks[Number(index)], range));
  });
}

const readWell: ReadonlySet<unknown> = new Set(["URL_RETRIEVAL_STATUS_SUCCESS", 1]);

/** A page that the model was asked to read, and could. Source: https://ai.google.dev/api/generate-content#UrlMetadata */
function readPage({ retrievedUrl, urlRetrievalStatus }: AnyFields): readonly Citation[] {
  const url = word(retrievedUrl);
  return url === undefined || !readWell.has(urlRetrievalStatus) ? [] : [{ url }];
}

type Range = Pick<Citation, "start" | "end">;

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
function segmentRange(segment: AnyFields, { text, partStarts }: ShownText): Range {
  const { startIndex, endIndex } = segment;
  const quote = word(segment.text);
  const starts = new Set([partStarts[count(segment.partIndex) ?? 0] ?? 0, 0]);
  const ranges = [...starts].map((start) => rangeInPart(text, start, startIndex, endIndex));
  if (quote === undefined) return ranges[0] ?? {};
  const exact = ranges.find(({ start, end }) => text.slice(start, end) === quote);
  if (exact?.start !== undefined) return exact;
  const start = text.indexOf(quote);
  return start === -1 ? {} : { start, end: start + quote.length };
}

/** Byte offsets from the start of a part, as positions in the text; nothing where they lie outside of it. */
function rangeInPart(text: string, partStart: number, from: unknown, to: unknown): Range {
  const [first, last] = [count(from) ?? 0, count(to)];
  const bytes = Buffer.from(text.slice(partStart));
  if (last === undefined || last > bytes.length || first >= last) return {};
  const position = (offset: number) => partStart + bytes.subarray(0, offset).toString().length;
  return { start: position(first), end: position(last) };
}

/**
 * The web searches of one choice, each once, in order.
 * Source: https://ai.google.dev/api/generate-content#GroundingMetadata
 */
export function searchQueries(grounding: readonly AnyFields[]): readonly string[] {
  const queries = grounding.flatMap(({ webSearchQueries }) => list(webSearchQueries));
  return [...new Set(queries.flatMap((query) => word(query) ?? []))];
}
