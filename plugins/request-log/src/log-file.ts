import { closeSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { columns, type LoggedExchange } from "./columns.ts";
import { RowInserts } from "./row-inserts.ts";

/** How much the file keeps. */
export interface LogBounds {
  /** Rows that are older, in milliseconds, go. */
  readonly ageMs: number;
  /** Of the file, with what SQLite keeps beside it. The oldest rows go first. */
  readonly bytes: number;
}

/** SQLite keeps what was written last in a file beside, which grows to about so much. */
const walBytes = 8 * 1024 * 1024;

/** So many rows go at once: a deletion holds up everything else. */
const rowsPerDeletion = 2000;

/** The version of the table; a file of another one is begun anew. */
const version = 1;

const declarations = Object.entries(columns).map(([name, type]) => `${name} ${type}`);

/** The file with the exchanges, for the gateway that writes it. Only its owner can read it. */
export class LogFile {
  readonly #database: DatabaseSync;
  readonly #inserts: RowInserts;
  readonly #bounds: LogBounds;

  constructor(path: string, bounds: LogBounds) {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    closeSync(openSync(path, "a", 0o600));
    this.#bounds = bounds;
    this.#database = new DatabaseSync(path);
    this.#database.exec(`
      PRAGMA busy_timeout = 2000;
      PRAGMA auto_vacuum = INCREMENTAL;
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = NORMAL;
      PRAGMA journal_size_limit = ${walBytes / 2};
    `);
    if (this.#pragma("user_version") !== version) {
      this.#database.exec(`
        DROP TABLE IF EXISTS exchanges;
        CREATE TABLE exchanges (${declarations.join(", ")});
        CREATE INDEX exchanges_by_time ON exchanges (time);
        PRAGMA user_version = ${version};
      `);
    }
    this.#inserts = new RowInserts(this.#database);
  }

  /** Writes rows and keeps the bounds. `now` is in milliseconds since the epoch. */
  add(exchanges: readonly LoggedExchange[], now: number): void {
    this.#database.exec("BEGIN IMMEDIATE");
    try {
      this.#inserts.add(exchanges);
      this.#forget(now);
      this.#database.exec("COMMIT");
    } catch (thrown) {
      this.#database.exec("ROLLBACK");
      throw thrown;
    }
    this.#database.exec("PRAGMA incremental_vacuum(2000)");
  }

  #forget(now: number): void {
    this.#database
      .prepare(
        `DELETE FROM exchanges WHERE rowid IN
          (SELECT rowid FROM exchanges WHERE time < ? ORDER BY time LIMIT ${rowsPerDeletion})`,
      )
      .run(now - this.#bounds.ageMs);
    while (this.#usedBytes() > this.#bounds.bytes - walBytes && this.#forgetOldest() > 0);
  }

  #usedBytes(): number {
    const pages = this.#pragma("page_count") - this.#pragma("freelist_count");
    return pages * this.#pragma("page_size");
  }

  /** Forgets a twentieth of the rows; returns how many those were. */
  #forgetOldest(): number {
    const { changes } = this.#database
      .prepare(
        `DELETE FROM exchanges WHERE rowid <=
          (SELECT min(rowid) + (max(rowid) - min(rowid)) / 20 FROM exchanges)`,
      )
      .run();
    return Number(changes);
  }

  #pragma(name: string): number {
    return Number(this.#database.prepare(`PRAGMA ${name}`).get()?.[name]);
  }

  close(): void {
    this.#database.close();
  }
}
