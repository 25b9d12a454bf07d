import type { StoredEntry, StoreWatcher } from "./store.ts";

/** A watcher, and what it was told last of each key. */
interface Watch {
  readonly prefix: string;
  readonly watcher: StoreWatcher;
  told: Map<string, StoredEntry | undefined>;
}

/**
 * Those who watch a store: for every author of one. A store tells of single changes with `changed`, and calls `refresh`
 * where it may have missed some.
 *
 * @example
 * const watches = new Watches((prefix) => store.entries(prefix));
 * connection.on("change", (key, entry) => watches.changed(key, entry));
 * connection.on("back", () => watches.refresh());
 */
export class Watches {
  readonly #watches = new Set<Watch>();
  readonly #entries: (prefix: string) => Promise<readonly StoredEntry[]>;

  /** `entries` reads the store, like `Store.entries`. */
  constructor(entries: (prefix: string) => Promise<readonly StoredEntry[]>) {
    this.#entries = entries;
  }

  /** Whether anybody watches a key. */
  has(key: string): boolean {
    for (const { prefix } of this.#watches) if (key.startsWith(prefix)) return true;
    return false;
  }

  /** For `Store.watch`. */
  async add(prefix: string, watcher: StoreWatcher): Promise<() => void> {
    const watch: Watch = { prefix, watcher, told: new Map() };
    this.#watches.add(watch);
    await this.#refresh(watch);
    return () => void this.#watches.delete(watch);
  }

  /** Tells of one key. */
  changed(key: string, entry: StoredEntry | undefined): void {
    for (const watch of this.#watches) if (key.startsWith(watch.prefix)) tell(watch, key, entry);
  }

  /** Reads again what is watched, and tells of what is different. */
  async refresh(): Promise<void> {
    for (const watch of this.#watches) await this.#refresh(watch);
  }

  async #refresh(watch: Watch): Promise<void> {
    const before = watch.told;
    watch.told = new Map();
    const entries = await this.#entries(watch.prefix);
    const isNew = ({ key, value }: StoredEntry) => before.get(key)?.value !== value;
    const missing = new Set(
      [...before].flatMap(([key, entry]) => (entry === undefined ? [] : key)),
    );
    for (const entry of entries) {
      missing.delete(entry.key);
      // What was told meanwhile is newer than what was read.
      if (watch.told.has(entry.key)) continue;
      if (isNew(entry)) tell(watch, entry.key, entry);
      else watch.told.set(entry.key, entry);
    }
    for (const key of missing) if (!watch.told.has(key)) tell(watch, key, undefined);
  }
}

/** So many are kept to compare with before those are dropped that were told first. */
const maxTold = 20_000;

function tell({ told, watcher }: Watch, key: string, entry: StoredEntry | undefined): void {
  told.delete(key);
  told.set(key, entry);
  if (told.size > maxTold) for (const oldest of told.keys()) if (told.delete(oldest)) break;
  watcher(key, entry);
}
