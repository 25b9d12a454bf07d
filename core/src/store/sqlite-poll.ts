import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Watches } from "./watches.ts";

/** How often it looks, in milliseconds. */
const intervalMs = 250;

/** Looks for what other processes write, once somebody watches. */
export class Poll {
  readonly #version: StatementSync;
  readonly #watches: Watches;
  #timer: NodeJS.Timeout | undefined;
  #last: unknown;

  constructor(database: DatabaseSync, watches: Watches) {
    // SQLite's own counter of other connections' commits. It costs less than any query.
    this.#version = database.prepare("PRAGMA data_version");
    this.#watches = watches;
  }

  begin(): void {
    if (this.#timer !== undefined) return;
    this.#last = this.#version.get()?.["data_version"];
    this.#timer = setInterval(() => this.#look(), intervalMs).unref();
  }

  end(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const version = this.#version.get()?.["data_version"];
    if (version === this.#last) return;
    this.#last = version;
    void this.#watches.refresh();
  }
}
