/** A header can hold only so much, and a client could name a thousand unknown things. */
const most = 40;

/** Names of what the client asked for and nobody can honour. They end in a response header. */
export class Ignored {
  readonly #names = new Set<string>();

  /** Some names come from the client: only what a header and its list syntax can carry is kept. */
  add(name: string): void {
    if (this.#names.size < most) this.#names.add(name.replaceAll(/[^\w.[\]-]/g, "_").slice(0, 80));
  }

  get names(): readonly string[] {
    return [...this.#names];
  }
}
