import type { Log, Plugin } from "../hooks/plugin.ts";
import { openStore } from "./opened-store.ts";
import type { Store } from "../store/store.ts";

/** A store that gateways use one after the other, each from a reload on; the last of them closes it. */
export class SharedStore {
  readonly store: Store;
  /** As the config's `store` has it; undefined where a plugin brought the store. */
  readonly #place: string | undefined;
  #users = 1;

  private constructor(place: string | undefined, store: Store) {
    this.#place = place;
    this.store = store;
  }

  /** Opens the store of a place, or a plugin's. Throws a `ConfigError` where that cannot be. */
  static async open(place: string, plugins: readonly Plugin[], log: Log): Promise<SharedStore> {
    const store = await openStore(place, plugins, log);
    return new SharedStore(isBrought(plugins) ? undefined : place, store);
  }

  /** Whether it is the one that a config means. A plugin opens its store anew: its options may be others now. */
  isAt(place: string, plugins: readonly Plugin[]): boolean {
    return this.#place === place && !isBrought(plugins);
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

function isBrought(plugins: readonly Plugin[]): boolean {
  return plugins.some(({ openStore }) => openStore !== undefined);
}
