import type { Citation } from "@agproxy/core";

/** Source: https://platform.openai.com/docs/api-reference/responses/object, `output[].content[].annotations` */
export interface UrlCitation {
  readonly type: "url_citation";
  readonly url: string;
  readonly title: string;
  readonly start_index: number;
  readonly end_index: number;
}

/**
 * A citation as an annotation of one text. `offset` is where that text begins in the answer, because a
 * citation counts from the answer's first character and an annotation from its text's. A citation without
 * a range supports the whole text.
 */
export function urlCitation(citation: Citation, offset: number, text: string): UrlCitation {
  const within = (index: number) => Math.min(Math.max(index - offset, 0), text.length);
  const { url, title = "", start = offset, end = offset + text.length } = citation;
  return { type: "url_citation", url, title, start_index: within(start), end_index: within(end) };
}
