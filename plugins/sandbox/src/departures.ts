/** Counts clients that left before their answer was complete, and lets a test wait for one. */
export class Departures {
  count = 0;
  #waiting: { readonly atLeast: number; readonly resolve: () => void }[] = [];

  add(): void {
    this.count += 1;
    const met = this.#waiting.filter(({ atLeast }) => atLeast <= this.count);
    this.#waiting = this.#waiting.filter(({ atLeast }) => atLeast > this.count);
    for (const { resolve } of met) resolve();
  }

  /** Resolves once so many clients have left since the start. */
  reached(atLeast: number): Promise<void> {
    if (this.count >= atLeast) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting.push({ atLeast, resolve });
    });
  }
}
