/** A value of a store. */
export interface StoredEntry {
  readonly key: string;
  readonly value: string;
  /** How long it has to live. Not when it ends, as the clocks of those who share a store may differ. */
  readonly ttlMs: number;
}

/** Hears what a key has now; undefined where that is nothing any more. It must not throw. */
export type StoreWatcher = (key: string, entry: StoredEntry | undefined) => void;

/**
 * A key-value store with expiry, shared by all plugins. A key begins with its plugin's word and the caller's id, so that
 * nobody reads what another caller stored: `notes/CALLER/NOTE`. Every value expires. Each call is atomic, whoever shares
 * the store: another instance of agproxy, or a second process on this machine.
 *
 * @example
 * await store.set(`notes/${caller.id}/last`, JSON.stringify(note), 3_600_000);
 * const text = await store.get(`notes/${caller.id}/last`);
 * const asked = await store.add(`asked/${caller.id}`, 1, 60_000);
 */
export interface Store {
  /** Whether other processes may use it, so that a plugin has to agree with itself elsewhere. */
  readonly isShared: boolean;
  /** The value; undefined where there is none or it has expired. */
  get(key: string): Promise<string | undefined>;
  /** Writes a value that expires after `ttlMs` milliseconds. */
  set(key: string, value: string, ttlMs: number): Promise<void>;
  /** Writes a value where there is none. Resolves with the one that is there then. */
  setOnce(key: string, value: string, ttlMs: number): Promise<string>;
  /** Deletes a value; where `value` is given, only if it is that one. */
  delete(key: string, value?: string): Promise<void>;
  /** Adds to a counter that starts at 0 and expires `ttlMs` milliseconds after its first use. Resolves with the sum. */
  add(key: string, amount: number, ttlMs: number): Promise<number>;
  /** Everything whose key begins with `prefix`, in no order. It may read the keys of the whole store: not for requests. */
  entries(prefix: string): Promise<readonly StoredEntry[]>;
  /**
   * Takes one of the `places` at a key (default: the only one) for `ttlMs` milliseconds, after which it is free again. Who
   * holds one keeps it for so long from now. Resolves with 0, or, where no place is free, with the milliseconds after
   * which the first one's time is over. Keys of places hold nothing else.
   *
   * @example
   * const mine = randomId();
   * if ((await store.claim("notes/tidying", mine, 10_000)) === 0) {
   *   await tidy();
   *   await store.release("notes/tidying", mine);
   * }
   */
  claim(key: string, holder: string, ttlMs: number, places?: number): Promise<number>;
  /** Gives a place back before its time. */
  release(key: string, holder: string): Promise<void>;
  /**
   * Tells of everything whose key begins with `prefix` (a word with its slash, or more), then, until the returned function is called, of what is set and
   * deleted there: by whom makes no difference. Resolves once the first part is told. Of several changes in a row, and of
   * those while a store could not be reached, only the last may be told; what expires need not be.
   *
   * @example
   * const stop = await store.watch("notes/", (key, entry) => notes.set(key, entry?.value));
   */
  watch(prefix: string, watcher: StoreWatcher): Promise<() => void>;
  /** Closes the store at the stop of agproxy; core calls it. */
  close(): void;
}

/** Above these the oldest entries are deleted. */
export interface StoreLimits {
  readonly entries: number;
  /** Keys and values together. */
  readonly bytes: number;
}
