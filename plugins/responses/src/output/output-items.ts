import type { Place, EventSink } from "./event-frames.ts";
import type { OutputCustomCall, OutputFunctionCall } from "./call-item.ts";
import type { OutputCompaction } from "../compaction/summary.ts";
import type { OutputClientCall } from "./client-call.ts";
import {
  type OutputCode,
  type OutputImage,
  type OutputSearch,
  searchItem,
} from "./hosted-items.ts";
import type { OutputMessage } from "./message-item.ts";
import type { OutputReasoning } from "./reasoning-item.ts";

/** What an answer that consists only of it has not answered. */
const wordless: ReadonlySet<OutputItem["type"]> = new Set(["reasoning", "web_search_call"]);

/** The output so far. */
export class FinishedItems {
  readonly #seed: string;
  readonly #items: OutputItem[] = [];

  /** Item ids are made of `seed`. */
  constructor(seed: string) {
    this.#seed = seed;
  }

  get all(): readonly OutputItem[] {
    return this.#items;
  }

  /** Whether there is anything but thoughts and searches. */
  get saySomething(): boolean {
    return this.#items.some(({ type }) => !wordless.has(type));
  }

  add(item: OutputItem): void {
    this.#items.push(item);
  }

  /** The place of the next item, while none is open. */
  nextPlace(kind: string): Place {
    const output_index = this.#items.length;
    return { item_id: `${kind}_${this.#seed}_${output_index}`, output_index };
  }
}

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

/** The contents of items that a signature can be about, in order. Empty ones do not come back. */
export function signableContents(items: readonly OutputItem[]): readonly string[] {
  return items.flatMap(contents).filter((content) => content !== "");
}

function contents(item: OutputItem): readonly string[] {
  switch (item.type) {
    case "message":
      return item.content.map(messageContent);
    case "image_generation_call":
      return item.result === null ? [] : [item.result];
    case "code_interpreter_call":
      return [item.code, ...(item.outputs ?? []).map(({ logs }) => logs)];
    default:
      return [];
  }
}

function messageContent(part: OutputMessage["content"][number]): string {
  return part.type === "refusal" ? part.refusal : part.text;
}
