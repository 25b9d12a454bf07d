import type { Citation } from "@agproxy/core";

/**
 * Where the content of an answer holds inserts: media and code, which are none of the answer's own text. It is built in
 * the order of the content.
 */
export class Layout {
  #textLength = 0;
  /** Where in the text each insert stands, in rising order. */
  readonly #places: number[] = [];
  /** The length of the inserts up to each of them. */
  readonly #totals: number[] = [];

  get textLength(): number {
    return this.#textLength;
  }

  addText(length: number): void {
    this.#textLength += length;
  }

  addInsert(length: number): void {
    this.#places.push(this.#textLength);
    this.#totals.push((this.#totals.at(-1) ?? 0) + length);
  }

  /** The length of the inserts before a place in the text, without those that stand right there. */
  insertedBefore(place: number): number {
    return this.#totals[this.#countBefore(place) - 1] ?? 0;
  }

  /** How many inserts stand before a place: a binary search, because an answer may have thousands of each. */
  #countBefore(place: number): number {
    let low = 0;
    let high = this.#places.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#places[middle]! < place) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/**
 * Citations as the API writes them. Offsets count the answer's text; `content` also holds inserts, so they are shifted. A
 * citation without a range supports the whole answer.
 */
export function annotations(citations: readonly Citation[], layout: Layout) {
  return citations.map(({ url, title = url, start, end = layout.textLength }) => ({
    type: "url_citation",
    url_citation: {
      // An insert at the very start comes before the cited text, so it counts.
      start_index: start === undefined ? 0 : start + layout.insertedBefore(start + 1),
      end_index: end + layout.insertedBefore(end),
      url,
      title,
    },
  }));
}
