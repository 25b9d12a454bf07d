import { ConfigError } from "../config/settings.ts";
import { oneLine } from "./terminal.ts";

/** Rows as text, in columns as wide as their widest cell, indented by two. */
export function table(cells: readonly (readonly string[])[]): string {
  const rows = cells.map((row) => row.map(oneLine));
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) {
      widths[column] = Math.max(widths[column] ?? 0, cell.length);
    }
  }
  return rows
    .map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  "))
    .map((line) => `  ${line.trimEnd()}`)
    .join("\n");
}

/**
 * A line broken at spaces into lines of at most `width` characters, as far as its words allow. Those after the first begin with
 * `indent`.
 */
export function wrapped(line: string, width: number, indent: string): string {
  const lines: string[] = [];
  let rest = line;
  while (rest.length > width) {
    // A break in the indent would bring nothing on.
    const begin = Math.max(rest.search(/\S/), lines.length === 0 ? 0 : indent.length);
    const before = rest.lastIndexOf(" ", width);
    const at = before > begin ? before : rest.indexOf(" ", Math.max(width, begin));
    if (at === -1) break;
    lines.push(rest.slice(0, at).trimEnd());
    rest = indent + rest.slice(at).trimStart();
  }
  return [...lines, rest].join("\n");
}

/** How wide lines may be: those for a terminal as wide as it is, and those for a file or a pipe as long as they are. */
export function widthOf({ columns }: { readonly columns?: number }): number {
  // A terminal that does not know how wide it is says 0.
  return columns === 0 ? 80 : (columns ?? Infinity);
}

/** Writes the output of a command; returns exit code 0. */
export type Print = (text: string) => number;

/** Where a command writes, and in which form. */
export interface Output {
  readonly json: boolean;
  readonly print: Print;
}

/** A value for programs. */
export function jsonLines(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** An error for the user, such as a mistake in the config, as its message; a defect with its stack. */
export function reasonOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  const isForUser = thrown instanceof ConfigError || thrown.name === "Error";
  return isForUser ? thrown.message : (thrown.stack ?? thrown.message);
}
