/**
 * A key-value store with expiry, shared by all plugins. A key begins with its plugin's word and the caller's id, so that
 * nobody reads what another caller stored: `notes/CALLER/NOTE`. Every value expires.
 *
 * @example
 * await store.set(`notes/${caller.id}/last`, JSON.stringify(note), 3_600_000);
 * const text = await store.get(`notes/${caller.id}/last`);
 * const asked = await store.add(`asked/${caller.id}`, 1, 60_000);
 */
export interface Store {
  /** The value; undefined where there is none or it has expired. */
  get(key: string): Promise<string | undefined>;
  /** Writes a value that expires after `ttlMs` milliseconds. */
  set(key: string, value: string, ttlMs: number): Promise<void>;
  delete(key: string): Promise<void>;
  /** Adds to a counter that starts at 0 and expires `ttlMs` milliseconds after its first use. Resolves with the sum. */
  add(key: string, amount: number, ttlMs: number): Promise<number>;
  /** Closes the store at the stop of agproxy; core calls it. */
  close(): void;
}

/** Above these the oldest entries are deleted. */
export interface StoreLimits {
  readonly entries: number;
  /** Keys and values together. */
  readonly bytes: number;
}
