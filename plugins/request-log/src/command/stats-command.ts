import type { Cost, PluginCommandLine } from "@agproxy/core";
import { type CountedExchanges, type Dimension, dimensions, LogReader } from "../log-reader.ts";
import { requestLogOf } from "../request-log-plugin.ts";
import { filterOf, Misuse, misusable } from "./log-options.ts";

/** One row of the table. */
interface Stats extends Omit<CountedExchanges, "model"> {
  /** What it cost by the prices of the config; null where a model of it has no price. */
  readonly cost: number | null;
}

/** `agproxy stats`: requests, tokens and costs by day, model, account or caller. */
export function statsCommand(line: PluginCommandLine, now = Date.now()): Promise<number> {
  return misusable("stats", line, () => stats(line, now));
}

function stats({ words, options, plugins, json, print, table }: PluginCommandLine, now: number) {
  if (words[0] !== undefined) throw new Misuse(`It takes no "${words[0]}", but --by and filters.`);
  const by = dimensionOf(options["by"]);
  const { logFile, cost, isPriced } = requestLogOf(plugins);
  using reader = new LogReader(logFile);
  const rows = summed(reader.counted(by, filterOf(options, now)), cost);
  if (json) return print(`${JSON.stringify(rows, null, 2)}\n`);
  if (rows.length === 0) return print("The request log has no such exchange.\n");
  const heads = [by, "requests", "failed", "in", "cached", "thought", "out"];
  const cells = rows.map((row) => [
    row.name,
    ...[row.requests, row.failed, row.inputTokens, row.cachedTokens].map(grouped),
    ...[row.reasoningTokens, row.outputTokens].map(grouped),
    ...(isPriced ? [row.cost === null ? "no price" : row.cost.toFixed(2)] : []),
  ]);
  return print(`${table([[...heads, ...(isPriced ? ["cost"] : [])], ...cells])}\n`);
}

function dimensionOf(by: string | boolean | undefined): Dimension {
  if (by === undefined) return "day";
  const found = (Object.keys(dimensions) as Dimension[]).find((name) => name === by);
  if (found !== undefined) return found;
  throw new Misuse(`--by must be one of ${Object.keys(dimensions).join(", ")}.`);
}

/** Counts of models added up to those of what they were counted by. */
function summed(counts: readonly CountedExchanges[], cost: Cost): readonly Stats[] {
  const sums = new Map<string, Stats>();
  for (const { model, ...count } of counts) {
    const { inputTokens, cachedTokens, outputTokens } = count;
    const totalTokens = inputTokens + outputTokens;
    const millionths = cost(model, { inputTokens, cachedTokens, outputTokens, totalTokens });
    const own = totalTokens === 0 ? 0 : millionths === undefined ? null : millionths / 1_000_000;
    const sum = sums.get(count.name);
    sums.set(count.name, sum === undefined ? { ...count, cost: own } : added(sum, count, own));
  }
  return [...sums.values()];
}

function added(sum: Stats, count: Omit<CountedExchanges, "model">, cost: number | null): Stats {
  return {
    name: sum.name,
    requests: sum.requests + count.requests,
    failed: sum.failed + count.failed,
    inputTokens: sum.inputTokens + count.inputTokens,
    cachedTokens: sum.cachedTokens + count.cachedTokens,
    reasoningTokens: sum.reasoningTokens + count.reasoningTokens,
    outputTokens: sum.outputTokens + count.outputTokens,
    cost: sum.cost === null || cost === null ? null : sum.cost + cost,
  };
}

function grouped(count: number): string {
  return count.toLocaleString("en");
}
