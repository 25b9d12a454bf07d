import type { Store, StoredEntry } from "@agproxy/core";
import type { RemoteStore } from "./remote-store.ts";

/** What is to be done in Redis when it is back. */
type Deed =
  | { readonly does: "set" | "setOnce" | "add" }
  | { readonly does: "delete"; readonly value: string | undefined };

/** So many keys are remembered; of more, the oldest are not written. */
const maxDeeds = 50_000;

/**
 * Stands in for Redis while that is gone: in the memory of this instance alone. It remembers what was written, for the others
 * to learn when Redis is back. Places are not written then: who holds one holds on to it from time to time.
 */
export class LocalStore {
  readonly #store: Store;
  #deeds = new Map<string, Deed>();

  /** `store` is one in memory. */
  constructor(store: Store) {
    this.#store = store;
  }

  get(key: string): Promise<string | undefined> {
    return this.#store.get(key);
  }

  set(key: string, value: string, ttlMs: number): Promise<void> {
    this.#did(key, { does: "set" });
    return this.#store.set(key, value, ttlMs);
  }

  setOnce(key: string, value: string, ttlMs: number): Promise<string> {
    if (this.#deeds.get(key)?.does !== "set") this.#did(key, { does: "setOnce" });
    return this.#store.setOnce(key, value, ttlMs);
  }

  delete(key: string, value?: string): Promise<void> {
    this.#did(key, { does: "delete", value });
    return this.#store.delete(key, value);
  }

  add(key: string, amount: number, ttlMs: number): Promise<number> {
    this.#did(key, { does: "add" });
    return this.#store.add(key, amount, ttlMs);
  }

  claim(key: string, holder: string, ttlMs: number, places: number): Promise<number> {
    return this.#store.claim(key, holder, ttlMs, places);
  }

  release(key: string, holder: string): Promise<void> {
    return this.#store.release(key, holder);
  }

  entries(prefix: string): ReturnType<Store["entries"]> {
    return this.#store.entries(prefix);
  }

  /** Whether something is to be written. */
  get hasDeeds(): boolean {
    return this.#deeds.size > 0;
  }

  /** Writes it, and forgets it. Where Redis goes again meanwhile, the rest stays for the next time. */
  async writeTo(remote: RemoteStore): Promise<void> {
    const entries = new Map((await this.#store.entries("")).map((entry) => [entry.key, entry]));
    for (const [key, deed] of this.#deeds) {
      const entry = entries.get(key);
      if (deed.does === "add") {
        if (entry !== undefined) await this.#handOver(remote, deed, entry);
        continue;
      }
      if (deed.does === "delete") await remote.delete(key, deed.value);
      else if (entry !== undefined) {
        const { value, ttlMs } = entry;
        await remote[deed.does](key, value, ttlMs);
      }
      // Something newer may have been done to the key while that was written.
      if (this.#deeds.get(key) !== deed) continue;
      this.#deeds.delete(key);
      await this.#store.delete(key);
    }
  }

  /** Takes a sum out before it is written: what is added meanwhile must be written once, and not with it again. */
  async #handOver(remote: RemoteStore, deed: Deed, entry: StoredEntry): Promise<void> {
    const { key, value, ttlMs } = entry;
    this.#deeds.delete(key);
    await this.#store.delete(key);
    try {
      await remote.add(key, Number(value), ttlMs);
    } catch (thrown) {
      await this.#store.add(key, Number(value), ttlMs);
      this.#did(key, deed);
      throw thrown;
    }
  }

  #did(key: string, deed: Deed): void {
    this.#deeds.delete(key);
    this.#deeds.set(key, deed);
    if (this.#deeds.size > maxDeeds)
      for (const oldest of this.#deeds.keys()) if (this.#deeds.delete(oldest)) break;
  }
}
