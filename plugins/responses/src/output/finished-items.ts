import type { OutputItem } from "./output-item.ts";
import type { Place } from "./place.ts";

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
