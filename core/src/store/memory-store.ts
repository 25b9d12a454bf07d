import { PlaceList } from "./places.ts";
import type { Store, StoredEntry, StoreLimits } from "./store.ts";
import { Watches } from "./watches.ts";

interface Entry {
  readonly value: string;
  /** Milliseconds since the epoch. */
  readonly expires: number;
}

/** How often a store that is full looks for what has expired; that reads all of it. */
const sweepEveryMs = 60_000;

/**
 * A store in memory; it ends with the process. Above its limits what has expired is deleted, and then the oldest entries are deleted of the caller who has most in
 * it, so that nobody's entries are deleted for another's. `now` is the time in milliseconds since the epoch.
 *
 * @example
 * const store = memoryStore();
 * await store.set("notes/ada", "hello", 60_000);
 */
export function memoryStore(
  limits: StoreLimits = { entries: 50_000, bytes: 128 * 1024 * 1024 },
  now: () => number = Date.now,
): Store {
  const shares = new Shares(now);
  const entries = async (prefix: string) => shares.beginning(prefix);
  const watches = new Watches(entries);
  const live = (key: string) => shares.get(key);
  let sweptAt = -Infinity;

  function put(key: string, entry: Entry): void {
    shares.set(key, entry);
    if (shares.entries <= limits.entries && shares.bytes <= limits.bytes) return;
    if (now() - sweptAt >= sweepEveryMs) {
      sweptAt = now();
      shares.deleteExpired(sweptAt);
    }
    while (shares.entries > limits.entries) shares.shrink(({ entries }) => entries.size);
    while (shares.bytes > limits.bytes) shares.shrink(({ bytes }) => bytes);
  }

  function write(key: string, value: string, ttlMs: number): void {
    put(key, { value, expires: now() + ttlMs });
    watches.changed(key, { key, value, ttlMs });
  }

  const list = new PlaceList({
    read: (key) => live(key)?.value,
    write: (key, value, expires) => put(key, { value, expires }),
    remove: (key) => shares.delete(key),
    now,
  });

  return {
    isShared: false,
    get: async (key) => live(key)?.value,
    set: async (key, value, ttlMs) => write(key, value, ttlMs),
    async setOnce(key, value, ttlMs) {
      const there = live(key);
      if (there === undefined) write(key, value, ttlMs);
      return there?.value ?? value;
    },
    async delete(key, value) {
      if (value !== undefined && live(key)?.value !== value) return;
      shares.delete(key);
      watches.changed(key, undefined);
    },
    async add(key, amount, ttlMs) {
      const entry = live(key);
      const sum = Number(entry?.value ?? 0) + amount;
      put(key, { value: String(sum), expires: entry?.expires ?? now() + ttlMs });
      return sum;
    },
    entries,
    claim: async (key, holder, ttlMs, places = 1) => list.claim(key, holder, ttlMs, places),
    release: async (key, holder) => list.release(key, holder),
    watch: (prefix, watcher) => watches.add(prefix, watcher),
    close: () => shares.clear(),
  };
}

/** What one caller has in the store, oldest first. */
interface Share {
  readonly entries: Map<string, Entry>;
  bytes: number;
}

/** In bytes: a character of a JavaScript string takes two at most. */
const sizeOf = (key: string, { value }: Entry) => 2 * (key.length + value.length);

/** The entries of all callers. */
class Shares {
  readonly #shares = new Map<string, Share>();
  readonly #now: () => number;
  entries = 0;
  bytes = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** The entry, unless it has expired. */
  get(key: string): Entry | undefined {
    const entry = this.#shares.get(ownerOf(key))?.entries.get(key);
    if (entry === undefined || entry.expires > this.#now()) return entry;
    this.delete(key);
    return undefined;
  }

  beginning(prefix: string): StoredEntry[] {
    const found: StoredEntry[] = [];
    const now = this.#now();
    for (const { entries } of this.#shares.values()) {
      for (const [key, { value, expires }] of entries) {
        if (expires > now && key.startsWith(prefix)) {
          found.push({ key, value, ttlMs: expires - now });
        }
      }
    }
    return found;
  }

  set(key: string, entry: Entry): void {
    this.delete(key);
    const owner = ownerOf(key);
    const share = this.#shares.get(owner) ?? { entries: new Map(), bytes: 0 };
    this.#shares.set(owner, share);
    share.entries.set(key, entry);
    this.#count(share, 1, sizeOf(key, entry));
  }

  delete(key: string): void {
    const owner = ownerOf(key);
    const share = this.#shares.get(owner);
    const entry = share?.entries.get(key);
    if (share === undefined || entry === undefined) return;
    share.entries.delete(key);
    this.#count(share, -1, -sizeOf(key, entry));
    if (share.entries.size === 0) this.#shares.delete(owner);
  }

  deleteExpired(now: number): void {
    for (const { entries } of this.#shares.values()) {
      for (const [key, { expires }] of entries) if (expires <= now) this.delete(key);
    }
  }

  /** Deletes the oldest entry of the largest share. */
  shrink(sizeOfShare: (share: Share) => number): void {
    let largest: Share | undefined;
    let size = 0;
    for (const share of this.#shares.values()) {
      if (largest !== undefined && sizeOfShare(share) <= size) continue;
      largest = share;
      size = sizeOfShare(share);
    }
    for (const oldest of largest?.entries.keys() ?? []) return this.delete(oldest);
  }

  clear(): void {
    this.#shares.clear();
    [this.entries, this.bytes] = [0, 0];
  }

  #count(share: Share, entries: number, bytes: number): void {
    share.bytes += bytes;
    this.entries += entries;
    this.bytes += bytes;
  }
}

/** The caller in a key, which comes after the plugin's word. */
function ownerOf(key: string): string {
  return key.split("/", 2)[1] ?? "";
}
