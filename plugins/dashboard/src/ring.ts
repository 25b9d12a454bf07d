/** The latest of many things, in the order in which they came. */
export class Ring<Item> {
  readonly #size: number;
  readonly #items: Item[] = [];
  #next = 0;

  /** Holds so many at most. */
  constructor(size: number) {
    this.#size = size;
  }

  add(item: Item): void {
    if (this.#items.length < this.#size) this.#items.push(item);
    else this.#items[this.#next] = item;
    this.#next = (this.#next + 1) % this.#size;
  }

  /** All of them, the oldest first. */
  all(): readonly Item[] {
    if (this.#items.length < this.#size) return [...this.#items];
    return [...this.#items.slice(this.#next), ...this.#items.slice(0, this.#next)];
  }
}
