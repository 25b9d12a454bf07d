/** What stands for all values that came too late. */
export const other = "other";

/** The values of a label whose number is bounded: clients choose names, and each new one is memory here and at Prometheus. */
export class LabelValues {
  readonly #known = new Set<string>();
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The value itself, or `other` where there are too many already. */
  of(value: string): string {
    if (this.#known.has(value)) return value;
    if (this.#known.size >= this.#limit) return other;
    this.#known.add(value);
    return value;
  }
}
