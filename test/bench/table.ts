import { peers } from "./contestant.ts";
import type { Row } from "./row.ts";
import type { Spread } from "./statistics.ts";

interface Column {
  readonly title: string;
  cell(row: Row): string;
}

const peerColumns = peers.map((name): Column => ({
  title: `${name} (÷ bare)`,
  cell: ({ values, timesBare }) => beside(values[name], timesBare[name]),
}));

const columns: readonly Column[] = [
  { title: "", cell: ({ name }) => name },
  { title: "unit", cell: ({ unit }) => unit },
  { title: "bare", cell: ({ values }) => middle(values.bare) },
  { title: "reference", cell: ({ values }) => middle(values.reference) },
  ...peerColumns,
  { title: "agproxy [min-max]", cell: ({ values }) => spread(values.agproxy, number) },
  { title: "÷ bare", cell: ({ timesBare }) => spread(timesBare.agproxy, ratio) },
  { title: "÷ reference", cell: ({ ratios }) => spread(ratios.reference, ratio) },
  {
    title: "÷ other",
    cell: ({ ratios, other = "" }) => `${spread(ratios.other, ratio)} ${other}`.trim(),
  },
];

/** The rows as lines of a Markdown table that also reads well in a terminal. */
export function table(rows: readonly Row[]): string {
  const used = columns.filter(({ cell }) => rows.some((row) => cell(row) !== ""));
  const cells = [
    used.map(({ title }) => title),
    ...rows.map((row) => used.map(({ cell }) => cell(row))),
  ];
  const widths = used.map((_, column) => Math.max(...cells.map((row) => row[column]!.length)));
  const lines = cells.map((row) => line(row.map((cell, at) => cell.padEnd(widths[at]!))));
  return [lines[0], line(widths.map((width) => "-".repeat(width))), ...lines.slice(1), ""].join(
    "\n",
  );
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

function middle(value: Spread | undefined): string {
  return value === undefined ? "" : number(value.median);
}

function beside(value: Spread | undefined, times: Spread | undefined): string {
  return times === undefined ? middle(value) : `${middle(value)} (${ratio(times.median)})`;
}

function spread(value: Spread | undefined, write: (value: number) => string): string {
  if (value === undefined) return "";
  const { median, min, max } = value;
  return min === max ? write(median) : `${write(median)} [${write(min)}-${write(max)}]`;
}

/** Three digits: there are not more of them that can be trusted. */
function number(value: number): string {
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

function ratio(value: number): string {
  return value.toFixed(2);
}
