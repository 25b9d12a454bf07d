import type { DatabaseSync, StatementSync } from "node:sqlite";
import { columnNames, type LoggedExchange, usualColumnNames, valuesOf } from "./columns.ts";

/** One statement for so many rows takes two thirds of the time. */
const rowsTogether = 20;

type Names = typeof columnNames;

/** Writes rows in their order, as many as it can at once. */
export class RowInserts {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  add(exchanges: readonly LoggedExchange[]): void {
    for (let from = 0; from < exchanges.length;) {
      const until = endOfRun(exchanges, from);
      const names = namesOf(exchanges[from]);
      // A statement is made for one row or for all that fit, so that there are four at most.
      const step = until - from === rowsTogether ? rowsTogether : 1;
      const statement = this.#statement(names, step);
      for (; from < until; from += step) {
        const values: ReturnType<typeof valuesOf> = [];
        for (const one of exchanges.slice(from, from + step)) {
          for (const value of valuesOf(one, names)) values.push(value);
        }
        statement.run(...values);
      }
    }
  }

  #statement(names: Names, rows: number): StatementSync {
    const key = `${names.length} ${rows}`;
    const known = this.#statements.get(key);
    if (known !== undefined) return known;
    const row = `(${names.map(() => "?").join(", ")})`;
    const statement = this.#database.prepare(
      `INSERT INTO exchanges (${names.join(", ")}) VALUES ${Array(rows).fill(row).join(", ")}`,
    );
    this.#statements.set(key, statement);
    return statement;
  }
}

/** Where rows of the same columns end, or as many as are written at once. */
function endOfRun(exchanges: readonly LoggedExchange[], from: number): number {
  const last = Math.min(from + rowsTogether, exchanges.length);
  const names = namesOf(exchanges[from]);
  let until = from + 1;
  while (until < last && namesOf(exchanges[until]) === names) until += 1;
  return until;
}

/** Exchanges that went well leave a third of the columns empty. */
function namesOf(exchange: LoggedExchange | undefined): Names {
  const isUsual =
    exchange?.error === undefined &&
    exchange?.tries === undefined &&
    exchange?.answeredBy === undefined &&
    exchange?.bodies === undefined;
  return isUsual ? usualColumnNames : columnNames;
}
