/** Clients can send any number of unknown things, but servers and proxies limit the size of a header. */
const maxNames = 40;
const maxNameLength = 80;

/** The names of what the client asked for and does not get. They are told in a response header. */
export class Ignored {
  readonly #names = new Set<string>();

  /** A name may contain the client's text: it is cut down to what cannot break out of a header's list. */
  add(name: string): void {
    if (this.#names.size >= maxNames) return;
    this.#names.add(name.replaceAll(/[^\w.[\]-]/g, "_").slice(0, maxNameLength));
  }

  get names(): readonly string[] {
    return [...this.#names];
  }
}
