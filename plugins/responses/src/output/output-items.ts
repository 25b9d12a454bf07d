import type { OutputCompaction } from "../compaction/summary.ts";
import type { OutputCustomCall, OutputFunctionCall } from "./call-item.ts";
import type { OutputClientCall } from "./client-call.ts";
import type { EventSink, Place } from "./event-frames.ts";
import {
  type OutputCode,
  type OutputImage,
  type OutputSearch,
  searchItem,
} from "./hosted-items.ts";
import type { OutputMessage } from "./message-item.ts";
import type { OutputReasoning } from "./reasoning-item.ts";

/** Source: https://platform.openai.com/docs/api-reference/responses/object, `output` */
export type OutputItem =
  | OutputMessage
  | OutputReasoning
  | OutputFunctionCall
  | OutputCustomCall
  | OutputClientCall
  | OutputCompaction
  | OutputImage
  | OutputCode
  | OutputSearch;

/** The finished items of an answer. */
export class FinishedItems {
  readonly #seed: string;
  readonly #items: OutputItem[] = [];

  /** The ids of the items contain `seed`. */
  constructor(seed: string) {
    this.#seed = seed;
  }

  get all(): readonly OutputItem[] {
    return this.#items;
  }

  /** Whether there is anything but reasoning and searches. */
  get hasAnswer(): boolean {
    return this.#items.some(({ type }) => type !== "reasoning" && type !== "web_search_call");
  }

  add(item: OutputItem): void {
    this.#items.push(item);
  }

  /** The place of the next item. To be called while no item is open. */
  nextPlace(idPrefix: string): Place {
    const output_index = this.#items.length;
    return { item_id: `${idPrefix}_${this.#seed}_${output_index}`, output_index };
  }
}

/**
 * Searches that wait until the open item is closed: only one item is written at a time, and the citations that a search
 * found may come after it.
 */
export class WaitingSearches {
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

  /** To be called while no item is open. */
  write(): void {
    if (this.#waiting.length === 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const queries of waiting) {
      this.#items.add(searchItem(this.#sink, this.#items.nextPlace("ws"), queries));
    }
  }
}
