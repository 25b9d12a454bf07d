import type { AttemptRecord, KeptExchange } from "@agproxy/core";

/** One exchange in the file. */
export interface LoggedExchange extends KeptExchange {
  /** The request and the answer as JSON, where they are kept. */
  readonly bodies?: string;
}

/** The columns, with the field that each holds. Booleans are 0 and 1, lists JSON. */
export const columns = {
  time: "INTEGER NOT NULL",
  id: "TEXT NOT NULL",
  address: "TEXT NOT NULL",
  caller: "TEXT NOT NULL",
  protocol: "TEXT NOT NULL",
  stream: "INTEGER NOT NULL",
  asked: "TEXT NOT NULL",
  model: "TEXT NOT NULL",
  account: "TEXT",
  answeredBy: "TEXT",
  outcome: "TEXT NOT NULL",
  status: "INTEGER NOT NULL",
  attempts: "INTEGER NOT NULL",
  tries: "TEXT",
  waitMs: "INTEGER",
  firstEventMs: "INTEGER",
  durationMs: "INTEGER NOT NULL",
  inputTokens: "INTEGER",
  cachedTokens: "INTEGER",
  reasoningTokens: "INTEGER",
  outputTokens: "INTEGER",
  error: "TEXT",
  reason: "TEXT",
  advice: "TEXT",
  cause: "TEXT",
  bodies: "TEXT",
} as const satisfies Readonly<Record<keyof LoggedExchange, string>>;

export const columnNames = Object.keys(columns) as readonly (keyof typeof columns)[];

const unusual: ReadonlySet<string> = new Set([
  "answeredBy",
  "tries",
  "error",
  "reason",
  "advice",
  "cause",
  "bodies",
] satisfies (keyof LoggedExchange)[]);

/** Those that an exchange has where an account answered it at once. */
export const usualColumnNames = columnNames.filter((name) => !unusual.has(name));

/** The values of some columns, in their order. */
export function valuesOf(
  exchange: LoggedExchange,
  names: typeof columnNames,
): (string | number | null)[] {
  return names.map((name) => {
    const value = exchange[name];
    if (value === undefined) return null;
    if (typeof value === "boolean") return Number(value);
    return typeof value === "object" ? JSON.stringify(value) : value;
  });
}

/** A row as an exchange. */
export function exchangeOf(row: Readonly<Record<string, unknown>>): LoggedExchange {
  const given = Object.entries(row).filter(([, value]) => value !== null);
  const { stream, tries, ...rest } = Object.fromEntries(given);
  // The columns are those of the type, written by `valuesOf`.
  const exchange = { ...rest, stream: stream === 1 } as unknown as LoggedExchange;
  if (typeof tries !== "string") return exchange;
  return { ...exchange, tries: JSON.parse(tries) as readonly AttemptRecord[] };
}
