/** A list that tests can wait on: `reached(n)` resolves once it holds so many. */
export class CountWatch<T> {
  readonly all: T[] = [];
  #waiting: { readonly count: number; readonly resolve: () => void }[] = [];

  add(one: T): void {
    this.all.push(one);
    const met = this.#waiting.filter(({ count }) => count <= this.all.length);
    this.#waiting = this.#waiting.filter(({ count }) => count > this.all.length);
    for (const { resolve } of met) resolve();
  }

  reached(count: number): Promise<void> {
    if (this.all.length >= count) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting.push({ count, resolve });
    });
  }
}
