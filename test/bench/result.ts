import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import type { Row } from "./row.ts";

const file = new URL("result.json", import.meta.url);

/** A run that others are compared with. */
interface Result {
  readonly measured: {
    readonly on: string;
    readonly node: string;
    readonly processor: string;
    readonly rounds: number;
  };
  readonly rows: readonly Row[];
}

/** How much worse a ratio may be before it is told; less than this is noise. */
const tolerance = 1.15;

export function saveResult(rows: readonly Row[], rounds: number): void {
  const [processor] = cpus();
  const measured = {
    on: new Date().toISOString().slice(0, 10),
    node: process.version,
    processor: `${cpus().length} × ${processor?.model ?? "unknown"}`,
    rounds,
  };
  const result: Result = { measured, rows };
  const text = JSON.stringify(result, (_, value: unknown) => rounded(value), 2);
  writeFileSync(file, `${text}\n`);
}

function rounded(value: unknown): unknown {
  return typeof value === "number" ? Number(value.toPrecision(4)) : value;
}

/** A sentence for each ratio that is worse than in the committed result. */
export function worse(rows: readonly Row[]): readonly string[] {
  if (!existsSync(file)) return [];
  const before = JSON.parse(readFileSync(file, "utf8")) as Result;
  return rows
    .filter(({ steady }) => steady)
    .flatMap((row) => {
      const known = before.rows.find(({ name }) => name === row.name);
      return (["bare", "reference", "other"] as const).flatMap((name) => {
        const [was, is] = [known?.ratios[name], row.ratios[name]];
        if (was === undefined || is === undefined || is <= was * tolerance) return [];
        const than = name === "other" ? (row.other ?? "") : name;
        return [`${row.name} ÷ ${than}: ${is.toFixed(2)}, was ${was.toFixed(2)}`];
      });
    });
}
