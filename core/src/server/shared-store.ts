import { ConfigError } from "../config/settings.ts";
import { memoryStore } from "../store/memory-store.ts";
import type { Store } from "../store/store.ts";

/** A store that gateways use one after the other, each from a reload on; the last of them closes it. */
export class SharedStore {
  /** As the config's `store` has it. */
  readonly place: string;
  readonly store: Store;
  #users = 1;

  private constructor(place: string, store: Store) {
    this.place = place;
    this.store = store;
  }

  /** Opens the store of a place. Throws a `ConfigError` where that cannot be. */
  static async open(place: string): Promise<SharedStore> {
    return new SharedStore(place, await openStore(place));
  }

  /** The same store for one more user. */
  enter(): this {
    this.#users += 1;
    return this;
  }

  /** Each user leaves once. */
  leave(): void {
    this.#users -= 1;
    if (this.#users === 0) this.store.close();
  }
}

/** SQLite is loaded only where it is used, for a quick start. */
async function openStore(place: string): Promise<Store> {
  if (place === "memory") return memoryStore();
  const { sqliteStore } = await import("../store/sqlite-store.ts");
  try {
    return sqliteStore(place);
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    throw new ConfigError(
      `store: the file "${place}" cannot be opened: ${why}. Write it like this: store: "agproxy.sqlite" (a file), or "memory"`,
      { cause: thrown },
    );
  }
}
