import { chmodSync, closeSync, openSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";

/** The database of a store. Only the file's owner can read it. */
export function openDatabase(path: string): DatabaseSync {
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
  return database;
}

/** All that a store asks of it. */
export function statements(database: DatabaseSync) {
  return {
    read: database.prepare("SELECT value FROM entries WHERE key = ? AND expires > ?"),
    range: database.prepare(
      "SELECT key, value, expires FROM entries WHERE key >= $prefix AND key < $prefix || char(1114111) AND expires > $now",
    ),
    write: database.prepare(
      "INSERT OR REPLACE INTO entries (key, value, expires, written) VALUES (?, ?, ?, ?)",
    ),
    remove: database.prepare("DELETE FROM entries WHERE key = ?"),
    removeValue: database.prepare("DELETE FROM entries WHERE key = ? AND value = ?"),
    // One statement: between a read and a write, another process would add to the same counter.
    count: database.prepare(`
      INSERT INTO entries (key, value, expires, written) VALUES ($key, $amount, $expires, $now)
      ON CONFLICT (key) DO UPDATE SET
        value = CASE WHEN expires > $now THEN value + $amount ELSE $amount END,
        expires = CASE WHEN expires > $now THEN expires ELSE $expires END,
        written = $now
      RETURNING value
    `),
  };
}

/** Reads and writes without another process between. */
export function alone<T>(database: DatabaseSync, work: () => T): T {
  database.exec("BEGIN IMMEDIATE");
  try {
    const result = work();
    database.exec("COMMIT");
    return result;
  } catch (thrown) {
    database.exec("ROLLBACK");
    throw thrown;
  }
}
