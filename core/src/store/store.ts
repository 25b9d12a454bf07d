/**
 * A key-value store with expiry. Asynchronous, so that a plugin can keep it elsewhere.
 * Keys are namespaced by their user: `signatures/CALLER/CALL`.
 */
export interface Store {
  get(key: string): Promise<string | undefined>;
  /** `ttl` in milliseconds. */
  set(key: string, value: string, ttl: number): Promise<void>;
  delete(key: string): Promise<void>;
  /** Adds to a counter that starts at 0 and expires `ttl` milliseconds after its first use; returns the sum. */
  add(key: string, amount: number, ttl: number): Promise<number>;
  /** Lets go of what it holds. */
  close(): void;
}

/** Where the oldest entries make room for new ones. */
export interface StoreLimits {
  readonly entries: number;
  /** Of keys and values together. */
  readonly bytes: number;
}
