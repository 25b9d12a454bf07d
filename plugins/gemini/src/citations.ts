import type { Citation } from "agproxy";
import { count, fields, list, word, type Fields } from "./shape.ts";

/** The text a choice has shown, and where each of its parts begins. */
export interface ShownText {
  readonly text: string;
  /** Positions in `text`, in UTF-16 units. */
  readonly partStarts: readonly number[];
}

/**
 * Citations of one choice: from grounding, and from recitation checks.
 * Sources: https://ai.google.dev/api/generate-content#GroundingMetadata and #CitationMetadata
 */
export function citations(
  grounding: readonly Fields[],
  sources: readonly Fields[],
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
  let chunks: readonly unknown[] = [];
  for (const metadata of grounding) {
    if (list(metadata.groundingChunks).length > 0) chunks = list(metadata.groundingChunks);
    grounded(metadata, chunks, shown).forEach(add);
  }
  return [...found.values()];
}

/** A chunk that supports nothing in particular supports the answer as a whole. */
function grounded(
  metadata: Fields,
  chunks: readonly unknown[],
  shown: ShownText,
): readonly Citation[] {
  const supporting = new Set<unknown>();
  const ranged = list(metadata.groundingSupports).flatMap((support) => {
    const { segment, groundingChunkIndices } = fields(support) ?? {};
    const range = segmentRange(fields(segment) ?? {}, shown);
    return list(groundingChunkIndices).flatMap((index) => {
      supporting.add(index);
      return withSource(chunks[Number(index)], range);
    });
  });
  const whole = list(metadata.groundingChunks).flatMap((chunk, index) =>
    supporting.has(index) ? [] : withSource(chunk, {}),
  );
  return [...ranged, ...whole];
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
 * Where a segment lies in the text shown. Its offsets count from its part; a stream blurs where parts begin,
 * so the segment's own text, where given, decides.
 */
function segmentRange(segment: Fields, { text, partStarts }: ShownText): Range {
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
