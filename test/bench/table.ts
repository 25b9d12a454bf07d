import type { Row } from "./row.ts";
import type { Spread } from "./statistics.ts";

const columns = [
  "",
  "unit",
  "bare",
  "reference",
  "agproxy [min-max]",
  "÷ bare",
  "÷ reference",
  "÷ other",
];

/** The rows as lines of a Markdown table that also reads well in a terminal. */
export function table(rows: readonly Row[]): string {
  const cells = [columns, ...rows.map(cellsOf)];
  const widths = columns.map((_, column) => Math.max(...cells.map((row) => row[column]!.length)));
  const lines = cells.map((row) => line(row.map((cell, at) => cell.padEnd(widths[at]!))));
  return [lines[0], line(widths.map((width) => "-".repeat(width))), ...lines.slice(1), ""].join(
    "\n",
  );
}

function cellsOf({ name, unit, values, ratios, other }: Row): string[] {
  const { bare, reference, agproxy } = values;
  return [
    name,
    unit,
    bare === undefined ? "" : number(bare.median),
    reference === undefined ? "" : number(reference.median),
    `${number(agproxy.median)} [${range(agproxy)}]`,
    ratio(ratios.bare),
    ratio(ratios.reference),
    ratios.other === undefined ? "" : `${ratio(ratios.other)} ÷ ${other ?? ""}`,
  ];
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

function range({ min, max }: Spread): string {
  return `${number(min)}-${number(max)}`;
}

/** Three digits: there are not more of them that can be trusted. */
function number(value: number): string {
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

function ratio(value: number | undefined): string {
  return value === undefined ? "" : value.toFixed(2);
}
