import type { Citation } from "@agproxy/core";

/** A piece of content that is none of the answer's own text, and where in that text it stands. */
export interface Insert {
  readonly at: number;
  readonly length: number;
}

/** How long the answer's own text is, and what was written between. */
export interface Layout {
  readonly text: number;
  readonly inserts: readonly Insert[];
}

/**
 * Citations as the API writes them. They count in the answer's own text, clients count in the content,
 * which also holds media and code. A citation without a range supports the whole answer.
 */
export function annotations(citations: readonly Citation[], { text, inserts }: Layout) {
  const shift = (position: number, counts: (insert: Insert) => boolean) =>
    inserts.reduce((sum, insert) => (counts(insert) ? sum + insert.length : sum), position);
  return citations.map(({ url, title = url, start, end = text }) => ({
    type: "url_citation",
    url_citation: {
      start_index: start === undefined ? 0 : shift(start, (insert) => insert.at <= start),
      end_index: shift(end, (insert) => insert.at < end),
      url,
      title,
    },
  }));
}
