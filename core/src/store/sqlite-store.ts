import { chmodSync, closeSync, openSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import type { Store, StoreLimits } from "./store.ts";

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
  closeSync(openSync(path, "a", 0o600));
  chmodSync(path, 0o600);
  const database = new DatabaseSync(path);
  database.exec(`
    PRAGMA busy_timeout = 5000;
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = NORMAL;
    CREATE TABLE IF NOT EXISTS entries (
      key TEXT PRIMARY KEY, value TEXT NOT NULL, expires REAL NOT NULL, written INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS entries_by_age ON entries (written);
  `);
  const read = database.prepare("SELECT value FROM entries WHERE key = ? AND expires > ?");
  const write = database.prepare(
    "INSERT OR REPLACE INTO entries (key, value, expires, written) VALUES (?, ?, ?, ?)",
  );
  const remove = database.prepare("DELETE FROM entries WHERE key = ?");
  // One statement: between a read and a write, another process would add to the same counter.
  const count = database.prepare(`
    INSERT INTO entries (key, value, expires, written) VALUES ($key, $amount, $expires, $now)
    ON CONFLICT (key) DO UPDATE SET
      value = CASE WHEN expires > $now THEN value + $amount ELSE $amount END,
      expires = CASE WHEN expires > $now THEN expires ELSE $expires END,
      written = $now
    RETURNING value
  `);
  let writes = 0;

  function live(key: string): string | undefined {
    const row = read.get(key, now());
    return row === undefined ? undefined : String(row["value"]);
  }

  function sweepSometimes(): void {
    writes += 1;
    if (writes % writesPerSweep === 1) sweep(database, limits, now());
  }

  function put(key: string, value: string, expires: number): void {
    write.run(key, value, expires, now());
    sweepSometimes();
  }

  return {
    get: async (key) => live(key),
    set: async (key, value, ttlMs) => put(key, value, now() + ttlMs),
    delete: async (key) => void remove.run(key),
    async add(key, amount, ttlMs) {
      const row = count.get({ key, amount, expires: now() + ttlMs, now: now() });
      sweepSometimes();
      return Number(row?.["value"]);
    },
    close: () => database.close(),
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
