import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import type { Row } from "./row.ts";
import type { Spread } from "./statistics.ts";

const file = new URL("result.json", import.meta.url);

/** What a run found out. */
export interface Result {
  readonly measured: {
    readonly on: string;
    readonly node: string;
    readonly processor: string;
    readonly rounds: number;
  };
  readonly rows: readonly Row[];
}

/** How much worse the median of a ratio may be before it is told; less than this is noise. */
const tolerance = 1.15;

/** How much worse a ratio may be in the best of the rounds before a check fails. */
const strictTolerance = 1.05;

export function resultOf(rows: readonly Row[], rounds: number): Result {
  const [processor] = cpus();
  const measured = {
    on: new Date().toISOString().slice(0, 10),
    node: process.version,
    processor: `${cpus().length} × ${processor?.model ?? "unknown"}`,
    rounds,
  };
  return { measured, rows };
}

export function json(result: Result): string {
  return JSON.stringify(result, (_, value: unknown) => rounded(value), 2);
}

function rounded(value: unknown): unknown {
  return typeof value === "number" ? Number(value.toPrecision(4)) : value;
}

/** Makes this the result that others are compared with. */
export function saveResult(result: Result): void {
  writeFileSync(file, `${json(result)}\n`);
}

/** A sentence for each ratio that is worse than in the committed result. */
export function worse(rows: readonly Row[]): readonly string[] {
  return comparison(rows, ({ median }) => median, tolerance);
}

/** A sentence for each ratio that is worse in all rounds than the committed one's median. */
export function slowerThroughout(rows: readonly Row[]): readonly string[] {
  return comparison(rows, ({ min }) => min, strictTolerance);
}

function comparison(
  rows: readonly Row[],
  measured: (spread: Spread) => number,
  allowed: number,
): readonly string[] {
  if (!existsSync(file)) return [];
  const before = JSON.parse(readFileSync(file, "utf8")) as Result;
  return rows
    .filter(({ steady }) => steady)
    .flatMap((row) => {
      const known = before.rows.find(({ name }) => name === row.name);
      return ratiosOf(row).flatMap(([than, spread]) => {
        const is = measured(spread);
        const was = known && ratiosOf(known).find(([name]) => name === than)?.[1].median;
        if (was === undefined || is <= was * allowed) return [];
        return [`${row.name} ÷ ${than}: ${is.toFixed(2)}, was ${was.toFixed(2)}`];
      });
    });
}

/** What agproxy's value is divided by, and what comes out. */
function ratiosOf({ timesBare, ratios, other = "" }: Row): readonly (readonly [string, Spread])[] {
  const all = [
    ["bare", timesBare.agproxy],
    ["reference", ratios.reference],
    [other, ratios.other],
  ] as const;
  return all.flatMap(([than, ratio]) => (ratio === undefined ? [] : [[than, ratio] as const]));
}
