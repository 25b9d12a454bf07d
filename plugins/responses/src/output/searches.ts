import type { EventSink } from "./event-frames.ts";
import type { FinishedItems } from "./finished-items.ts";
import { searchItem } from "./search-item.ts";

/**
 * Searches that wait for the end of the open item: one item is written at a time, and the citations of
 * the text that a search served may come after it.
 */
export class Searches {
  readonly #sink: EventSink;
  readonly #items: FinishedItems;
  #waiting: (readonly string[])[] = [];

  constructor(sink: EventSink, items: FinishedItems) {
    this.#sink = sink;
    this.#items = items;
  }

  add(queries: readonly string[]): void {
    this.#waiting.push(queries);
  }

  /** Writes what waits; nothing is open. */
  tell(): void {
    if (this.#waiting.length === 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const queries of waiting) {
      this.#items.add(searchItem(this.#sink, this.#items.nextPlace("ws"), queries));
    }
  }
}
