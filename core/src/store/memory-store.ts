import type { Store, StoreLimits } from "./store.ts";

interface Entry {
  readonly value: string;
  /** Milliseconds since the epoch. */
  readonly expires: number;
}

/**
 * A store in memory; it ends with the process. Above its limits the oldest entries are deleted. `now` is the time in
 * milliseconds since the epoch.
 *
 * @example
 * const store = memoryStore();
 * await store.set("notes/ada", "hello", 60_000);
 */
export function memoryStore(
  limits: StoreLimits = { entries: 50_000, bytes: 128 * 1024 * 1024 },
  now: () => number = Date.now,
): Store {
  const entries = new Map<string, Entry>();
  let bytes = 0;

  /** In bytes: a character of a JavaScript string takes two at most. */
  const size = (key: string, entry: Entry) => 2 * (key.length + entry.value.length);

  function drop(key: string): void {
    const entry = entries.get(key);
    if (entry === undefined) return;
    entries.delete(key);
    bytes -= size(key, entry);
  }

  function live(key: string): Entry | undefined {
    const entry = entries.get(key);
    if (entry === undefined || entry.expires > now()) return entry;
    drop(key);
    return undefined;
  }

  function put(key: string, entry: Entry): void {
    drop(key);
    entries.set(key, entry);
    bytes += size(key, entry);
    for (const oldest of entries.keys()) {
      if (entries.size <= limits.entries && bytes <= limits.bytes) break;
      drop(oldest);
    }
  }

  return {
    get: async (key) => live(key)?.value,
    set: async (key, value, ttlMs) => put(key, { value, expires: now() + ttlMs }),
    delete: async (key) => drop(key),
    async add(key, amount, ttlMs) {
      const entry = live(key);
      const sum = Number(entry?.value ?? 0) + amount;
      put(key, { value: String(sum), expires: entry?.expires ?? now() + ttlMs });
      return sum;
    },
    close: () => entries.clear(),
  };
}
