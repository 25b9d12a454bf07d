import { existsSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { columnNames, exchangeOf, type LoggedExchange } from "./columns.ts";

/** Which exchanges are asked for. Names may have `*` for any characters. */
export interface LogFilter {
  readonly model?: string | undefined;
  readonly account?: string | undefined;
  readonly caller?: string | undefined;
  readonly outcome?: string | undefined;
  /** Milliseconds since the epoch. */
  readonly since?: number | undefined;
}

/** What exchanges are counted by. */
export const dimensions = {
  // Days are of this machine: every zone is off by quarters of an hour. SQLite's own dates take five times as long.
  day: `time / ${15 * 60_000}`,
  model: "model",
  account: "coalesce(account, answeredBy, '-')",
  caller: "caller",
} as const;

/** They may be many times as large as the rest. */
const bareColumns = columnNames.filter((name) => name !== "bodies").join(", ");

export type Dimension = keyof typeof dimensions;

/** The counts of a part of a day, a model, an account or a caller, for one model: prices are by models. */
export interface CountedExchanges {
  readonly name: string;
  readonly model: string;
  readonly requests: number;
  readonly failed: number;
  readonly inputTokens: number;
  readonly cachedTokens: number;
  readonly reasoningTokens: number;
  readonly outputTokens: number;
}

/** Reads the file while a gateway may be writing it. */
export class LogReader {
  readonly #database: DatabaseSync;

  /** Throws where there is no file. */
  constructor(path: string) {
    if (!existsSync(path)) {
      throw new Error(
        `There is no request log at ${path} yet: a gateway with this config makes it when it starts.`,
      );
    }
    this.#database = new DatabaseSync(path, { readOnly: true });
    this.#database.exec("PRAGMA busy_timeout = 2000");
  }

  /** The latest exchanges, the oldest of them first, with the place of the last. */
  latest(filter: LogFilter, limit: number): readonly LoggedExchange[] {
    const { where, values } = conditions(filter);
    return this.#rows(`${where} ORDER BY rowid DESC LIMIT ?`, [...values, limit]).toReversed();
  }

  /** The latest since a time, the oldest of them first, without requests and answers. */
  bare(since: number, limit: number): readonly LoggedExchange[] {
    const where = "time >= ? ORDER BY rowid DESC LIMIT ?";
    return this.#rows(where, [since, limit], bareColumns).toReversed();
  }

  /** Those after a place, in their order. */
  after(place: number, filter: LogFilter): readonly LoggedExchange[] {
    const { where, values } = conditions(filter);
    return this.#rows(`${where} AND rowid > ? ORDER BY rowid`, [...values, place]);
  }

  /** The place of the last exchange. */
  end(): number {
    const row = this.#database.prepare("SELECT max(rowid) AS place FROM exchanges").get();
    return Number(row?.["place"] ?? 0);
  }

  /** One exchange by its id, or by how that begins. */
  one(id: string): LoggedExchange | undefined {
    const until = `${id}\u{10ffff}`;
    return this.#rows("id >= ? AND id < ? ORDER BY rowid DESC LIMIT 1", [id, until])[0];
  }

  counted(dimension: Dimension, filter: LogFilter): readonly CountedExchanges[] {
    const { where, values } = conditions(filter);
    const rows = this.#database
      .prepare(
        `SELECT ${dimensions[dimension]} AS name, model, count(*) AS requests,
          sum(outcome = 'failed') AS failed,
          total(inputTokens) AS inputTokens, total(cachedTokens) AS cachedTokens,
          total(reasoningTokens) AS reasoningTokens, total(outputTokens) AS outputTokens
        FROM exchanges WHERE ${where} GROUP BY 1, 2 ORDER BY 1, 2`,
      )
      .all(...values);
    return rows.map(({ name, model, ...counts }) => ({
      name: dimension === "day" ? dayOf(Number(name) * 15 * 60_000) : String(name),
      model: String(model),
      requests: Number(counts["requests"]),
      failed: Number(counts["failed"]),
      inputTokens: Number(counts["inputTokens"]),
      cachedTokens: Number(counts["cachedTokens"]),
      reasoningTokens: Number(counts["reasoningTokens"]),
      outputTokens: Number(counts["outputTokens"]),
    }));
  }

  #rows(
    conditions: string,
    values: readonly (string | number)[],
    names = "*",
  ): readonly LoggedExchange[] {
    const statement = this.#database.prepare(`SELECT ${names} FROM exchanges WHERE ${conditions}`);
    return statement.all(...values).map(exchangeOf);
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }
}

function dayOf(time: number): string {
  const date = new Date(time);
  const parts = [date.getFullYear(), date.getMonth() + 1, date.getDate()];
  return parts.map((part) => String(part).padStart(2, "0")).join("-");
}

function conditions({ since, outcome, ...names }: LogFilter) {
  const parts = ["1"];
  const values: (string | number)[] = [];
  for (const [column, pattern] of Object.entries(names)) {
    if (pattern === undefined) continue;
    // Whoever looks for a model may mean the one that was asked for.
    const match = "LIKE ? ESCAPE '\\'";
    const pair = column === "model" ? `(model ${match} OR asked ${match})` : `${column} ${match}`;
    parts.push(pair);
    const like = pattern.replaceAll(/[\\%_]/g, String.raw`\$&`).replaceAll("*", "%");
    for (let count = column === "model" ? 2 : 1; count > 0; count -= 1) values.push(like);
  }
  if (outcome !== undefined) {
    parts.push("outcome = ?");
    values.push(outcome);
  }
  if (since !== undefined) {
    parts.push("time >= ?");
    values.push(since);
  }
  return { where: parts.join(" AND "), values };
}
