/** A place in a text; both count from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** A mistake in a text, and where it is. */
export class FaultyText extends Error {
  readonly place: Place;

  constructor(message: string, place: Place, options?: ErrorOptions) {
    super(message, options);
    this.place = place;
  }
}

const linesAround = 2;
const maxLineLength = 120;

/** The lines around a place, with a caret below it. Texts that may be secrets are dotted out: an error ends up in logs. */
export function codeFrame(name: string, text: string, { line, column }: Place): string {
  // The line feed at the end of a file begins no line.
  const lines = masked(text.replace(/\n$/, ""), /\.ya?ml$/.test(name)).split(/\r?\n/);
  const first = Math.max(1, line - linesAround);
  const last = Math.min(lines.length, line + linesAround);
  const width = String(last).length;
  const rows = [`${name}:${line}:${column}`];
  for (let number = first; number <= last; number += 1) {
    const shown = (lines[number - 1] ?? "").slice(0, maxLineLength);
    const mark = number === line ? ">" : " ";
    rows.push(`${mark} ${String(number).padStart(width)} | ${shown}`.trimEnd());
    if (number === line) {
      // A tab stays one, or the caret would stand elsewhere.
      const before = shown.slice(0, column - 1).replaceAll(/[^\t]/g, " ");
      rows.push(`  ${" ".repeat(width)} | ${before}^`);
    }
  }
  return rows.join("\n");
}

export function placeAt(text: string, position: number): Place {
  const before = text.slice(0, position);
  return { line: before.split("\n").length, column: position - before.lastIndexOf("\n") };
}

const secretName = /[\w-]*(?:key|token|secret|passw|credential|authorization|cookie)[\w-]*["']?/i;
const newKey = /^\s*["']?[\w-]+["']?\s*:/;
const quoted = /(["'`])(?:[^"'`\\]|\\.)*(?:\1|$)/g;
/** Letters and digits in a row as keys have them; names of models and paths of files are shorter or have slashes. */
const random = /(?=[\w+=~-]*\d)(?=[\w+=~-]*[A-Za-z])[\w+=~-]{24,}/g;
/** Such as `a-large-model-4-20250514`: words and numbers, which keys have not. */
const modelName =
  /^(?:[a-z]{1,12}|\d{1,8}|[a-z]\d{1,2})(?:-(?:[a-z]{1,12}|\d{1,8}|[a-z]\d{1,2}))+$/;
const credentials = /(?<=:\/\/)[^\s/@"'`]+(?=@)/g;

function masked(text: string, isYaml: boolean): string {
  let isInSecret = false;
  return text
    .split("\n")
    .map((line) => {
      if (/^\s*(?:import|export)\b/.test(line)) return line;
      if (newKey.test(line)) isInSecret = false;
      const wasInSecret = isInSecret;
      const named = secretName.exec(line);
      const goesOn = !/[\])}]/.test(line) && (isInSecret || /[[({,|>:]\s*$/.test(line));
      isInSecret = (isInSecret || named !== null) && goesOn;
      return wasInSecret ? hideValues(line, isYaml) : hideSecrets(line, isYaml);
    })
    .join("\n")
    .replaceAll(credentials, dots)
    .replaceAll(random, (found) => (modelName.test(found) ? found : dots(found)));
}

/** A line with the values of its secrets hidden. */
function hideSecrets(line: string, isYaml: boolean): string {
  let done = "";
  let rest = line;
  for (let named = secretName.exec(rest); named !== null; named = secretName.exec(rest)) {
    const from = named.index + named[0].length;
    const end = isYaml ? rest.length : from + valueLength(rest.slice(from));
    done += rest.slice(0, from) + hideValues(rest.slice(from, end), isYaml);
    rest = rest.slice(end);
  }
  return done + rest;
}

/** How far a value goes from behind its name: up to a comma or a bracket that is not its own. */
function valueLength(text: string): number {
  // In a call, as of `set("authorization", "…")`, a comma stands before it.
  const start = /^\s*,?/.exec(text)?.[0].length ?? 0;
  let depth = 0;
  for (const { index, 0: found } of text.matchAll(/(["'`])(?:[^"'`\\]|\\.)*(?:\1|$)|[[\](){},]/g)) {
    if (index < start) continue;
    if (depth === 0 && /^[,\])}]/.test(found)) return index;
    if (/^[[({]/.test(found)) depth += 1;
    if (/^[\])}]/.test(found)) depth -= 1;
  }
  return text.length;
}

/** Quoted texts behind the name of a secret, and unquoted ones, which only YAML has. */
function hideValues(rest: string, isYaml: boolean): string {
  const hidden = rest.replaceAll(quoted, dots);
  return isYaml ? hidden.replace(/(?<=^\s*:\s+|^\s*-\s+)[^\s"'`[{][^\n}\]]*/, dots) : hidden;
}

function dots(found: string): string {
  return /^["'`]/.test(found)
    ? found.slice(0, 1) + "•".repeat(Math.max(0, found.length - 2)) + found.slice(-1)
    : "•".repeat(found.length);
}
