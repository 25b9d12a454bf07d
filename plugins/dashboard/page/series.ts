import type { SeenExchange } from "../src/page-api.ts";

/** What charts tell requests apart by. */
export type Dimension = "model" | "account" | "caller";

/** Lines of a chart, over the same times. A gap is null. */
export interface Series {
  /** In seconds since the epoch: where each bucket begins. */
  readonly times: readonly number[];
  readonly lines: readonly Line[];
}

interface Line {
  readonly name: string;
  readonly values: readonly (number | null)[];
}

/** How a span of time is cut. */
export interface Cut {
  /** Milliseconds. */
  readonly from: number;
  readonly bucketMs: number;
  readonly buckets: number;
}

/** More lines than colours that can be told apart. */
const mostLines = 5;

/** So many buckets, of whole seconds, that end with the one of `now`. */
export function cutOf(now: number, spanMs: number, buckets = 60): Cut {
  const bucketMs = Math.max(1000, Math.round(spanMs / buckets / 1000) * 1000);
  const last = Math.floor(now / bucketMs) * bucketMs;
  return { from: last - (buckets - 1) * bucketMs, bucketMs, buckets };
}

/** The names with most requests, and one for the rest of them: all charts have the same, so that a name has one colour. */
export function namesIn(
  exchanges: readonly SeenExchange[],
  dimension: Dimension,
  others: string,
): readonly string[] {
  const counts = new Map<string, number>();
  for (const one of exchanges) {
    const name = nameOf(one, dimension);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const names = [...counts].toSorted((a, b) => b[1] - a[1]).map(([name]) => name);
  return names.length > mostLines ? [...names.slice(0, mostLines - 1), others] : names;
}

/** The sum of an amount in each bucket, for each name; those that are not named count for the last one. */
export function sums(
  exchanges: readonly SeenExchange[],
  cut: Cut,
  dimension: Dimension,
  names: readonly string[],
  amountOf: (exchange: SeenExchange) => number,
): Series {
  const lines = new Map(names.map((name) => [name, Array.from({ length: cut.buckets }, () => 0)]));
  const rest = lines.get(names.at(-1) ?? "");
  for (const one of exchanges) {
    const bucket = bucketOf(one.time, cut);
    const values = lines.get(nameOf(one, dimension)) ?? rest;
    if (bucket !== undefined && values !== undefined) {
      values[bucket] = (values[bucket] ?? 0) + amountOf(one);
    }
  }
  return { times: timesOf(cut), lines: [...lines].map(([name, values]) => ({ name, values })) };
}

/** Percentiles of the time to the first token, in seconds. */
export function latencies(exchanges: readonly SeenExchange[], cut: Cut): Series {
  const times = Array.from({ length: cut.buckets }, (): number[] => []);
  for (const { time, firstEventMs } of exchanges) {
    const bucket = bucketOf(time, cut);
    if (bucket !== undefined && firstEventMs !== undefined)
      times[bucket]?.push(firstEventMs / 1000);
  }
  const sorted = times.map((values) => values.toSorted((a, b) => a - b));
  const lines = [50, 95, 99].map((percent) => ({
    name: `p${percent}`,
    values: sorted.map((values) => percentile(values, percent)),
  }));
  return { times: timesOf(cut), lines };
}

/** The smallest value that so many per cent do not exceed. `sorted` rises. */
export function percentile(sorted: readonly number[], percent: number): number | null {
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? null;
}

function nameOf(
  { model, account, answeredBy, caller }: SeenExchange,
  dimension: Dimension,
): string {
  if (dimension === "account") return account ?? answeredBy ?? "–";
  return dimension === "model" ? model : caller;
}

function bucketOf(time: number, { from, bucketMs, buckets }: Cut): number | undefined {
  const bucket = Math.floor((time - from) / bucketMs);
  return bucket >= 0 && bucket < buckets ? bucket : undefined;
}

function timesOf({ from, bucketMs, buckets }: Cut): readonly number[] {
  return Array.from({ length: buckets }, (_, index) => (from + index * bucketMs) / 1000);
}
