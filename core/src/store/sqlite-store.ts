import type { DatabaseSync } from "node:sqlite";
import { PlaceList } from "./places.ts";
import { alone, openDatabase, statements } from "./sqlite-database.ts";
import { Poll } from "./sqlite-poll.ts";
import type { Store, StoredEntry, StoreLimits } from "./store.ts";
import { Watches } from "./watches.ts";

/** Limits are checked once in so many writes, as that reads the whole table. */
const writesPerSweep = 256;

/**
 * A store in a SQLite file: what `set` has resolved outlives the process. Only the file's owner can read it. Several
 * processes may share it: a write waits up to five seconds for the others', then fails.
 */
export function sqliteStore(
  path: string,
  limits: StoreLimits = { entries: 1_000_000, bytes: 2 * 1024 ** 3 },
  now: () => number = Date.now,
): Store {
  const database = openDatabase(path);
  const { read, range, write, remove, removeValue, count } = statements(database);
  const entries = async (prefix: string) =>
    range.all({ prefix, now: now() }).map(({ key, value, expires }): StoredEntry => ({
      key: String(key),
      value: String(value),
      ttlMs: Number(expires) - now(),
    }));
  const watches = new Watches(entries);
  const poll = new Poll(database, watches);
  function live(key: string): string | undefined {
    const value = read.get(key, now())?.["value"];
    return value === undefined ? undefined : String(value);
  }

  const sweepSometimes = everySoOften(writesPerSweep, () => sweep(database, limits, now()));

  function put(key: string, value: string, expires: number): void {
    write.run(key, value, expires, now());
    sweepSometimes();
  }

  function keep(key: string, value: string, ttlMs: number): string {
    put(key, value, now() + ttlMs);
    watches.changed(key, { key, value, ttlMs });
    return value;
  }

  const list = new PlaceList({ read: live, write: put, remove: (key) => remove.run(key), now });

  return {
    isShared: true,
    get: async (key) => live(key),
    set: async (key, value, ttlMs) => void keep(key, value, ttlMs),
    setOnce: async (key, value, ttlMs) =>
      alone(database, () => live(key) ?? keep(key, value, ttlMs)),
    async delete(key, value) {
      const { changes } = value === undefined ? remove.run(key) : removeValue.run(key, value);
      if (Number(changes) > 0) watches.changed(key, undefined);
    },
    async add(key, amount, ttlMs) {
      const row = count.get({ key, amount, expires: now() + ttlMs, now: now() });
      sweepSometimes();
      return Number(row?.["value"]);
    },
    entries,
    claim: async (key, holder, ttlMs, places = 1) =>
      alone(database, () => list.claim(key, holder, ttlMs, places)),
    release: async (key, holder) => alone(database, () => list.release(key, holder)),
    watch(prefix, watcher) {
      poll.begin();
      return watches.add(prefix, watcher);
    },
    close() {
      poll.end();
      database.close();
    },
  };
}

/** Does something at the first call and then once in so many. */
function everySoOften(count: number, work: () => void): () => void {
  let calls = 0;
  return () => {
    calls += 1;
    if (calls % count === 1) work();
  };
}

/** The caller in a key, which comes after the plugin's word. */
const owner = "substr(key, instr(key, '/') + 1, instr(substr(key, instr(key, '/') + 1), '/'))";

/**
 * Deletes expired entries, then the oldest ones above the limits: of those callers who have more than their share, so that
 * nobody's entries are deleted for another's.
 */
function sweep(database: DatabaseSync, limits: StoreLimits, now: number): void {
  database.prepare("DELETE FROM entries WHERE expires <= ?").run(now);
  const sizes = database
    .prepare(
      `SELECT count(*) AS entries, sum(length(key) + length(value)) AS bytes FROM entries GROUP BY ${owner}`,
    )
    .all();
  const shareOf = (unit: "entries" | "bytes") =>
    largestShare(
      sizes.map((size) => Number(size[unit])),
      limits[unit],
    );
  database
    .prepare(
      `DELETE FROM entries WHERE key IN (
         SELECT key FROM (
           SELECT key, row_number() OVER newest AS place,
             sum(length(key) + length(value)) OVER newest AS size
           FROM entries WINDOW newest AS (PARTITION BY ${owner} ORDER BY written DESC, key)
         ) WHERE place > ? OR size > ?
       )`,
    )
    .run(shareOf("entries"), shareOf("bytes"));
}

/** How much each may have, so that all together have no more than `limit`: what small ones leave is for the large. */
export function largestShare(sizes: readonly number[], limit: number): number {
  let rest = limit;
  let others = sizes.length;
  for (const size of sizes.toSorted((a, b) => a - b)) {
    const share = Math.floor(rest / others);
    if (size > share) return share;
    rest -= size;
    others -= 1;
  }
  return limit;
}
