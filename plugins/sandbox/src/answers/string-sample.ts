import type { JsonObject } from "@agproxy/core";

const formats: Readonly<Record<string, string>> = {
  "date-time": "2026-01-01T12:00:00Z",
  date: "2026-01-01",
  time: "12:00:00Z",
  duration: "PT1H",
  email: "sandbox@agproxy.invalid",
  hostname: "agproxy.invalid",
  ipv4: "127.0.0.1",
  ipv6: "::1",
  uri: "https://agproxy.invalid/",
  url: "https://agproxy.invalid/",
  "uri-reference": "/sandbox",
  uuid: "00000000-0000-4000-8000-000000000000",
  byte: "c2FuZGJveA==",
};

/** Parameters that something runs or writes to. They never get the prompt's words. */
const executed =
  /command|cmd|shell|script|code|query|sql|patch|diff|path|file|directory|folder|url|uri|content/i;

/** A string for a schema: of its format or pattern, else what the prompt names for it, else a plain word. */
export function stringSample(schema: JsonObject, name: string, prompt: string): string {
  if (typeof schema.pattern === "string") return patternSample(schema.pattern);
  const formatted = typeof schema.format === "string" ? formats[schema.format] : undefined;
  const word =
    formatted ?? (executed.test(name) ? harmless(name) : (mentioned(prompt) ?? "sandbox"));
  const long = word.padEnd(Number(schema.minLength ?? 0), "-");
  return schema.maxLength === undefined ? long : long.slice(0, Number(schema.maxLength));
}

function harmless(name: string): string {
  return /command|cmd|shell|script|code/i.test(name) ? "echo agproxy sandbox" : "sandbox";
}

/** What a prompt plainly names: a name after a preposition ("in New York"), words in quotes, or its last word after "in". */
function mentioned(prompt: string): string | undefined {
  const named =
    /\b(?:in|at|for|of|to|from|about|near)\s+(\p{Lu}[\p{L}\p{M}'’-]*(?: \p{Lu}[\p{L}\p{M}'’-]*)*)/u;
  const quoted = /["“«]([^"”»\n]{1,80})["”»]/;
  const last = /\b(?:in|at|for) (\p{L}[\p{L}\p{M}'’-]+)[\s?.!]*$/u;
  return [named, quoted, last].map((rule) => rule.exec(prompt)?.[1]).find((word) => word);
}

/**
 * A string that matches a regular expression of the plain kind that schemas use: literals, classes, groups,
 * alternatives, quantifiers, anchors. For one it cannot follow (look-around, back-references) the string may not match.
 */
function patternSample(pattern: string): string {
  return readAlternatives({ pattern, at: 0 });
}

interface Cursor {
  readonly pattern: string;
  at: number;
}

function readAlternatives(cursor: Cursor): string {
  const first = readSequence(cursor);
  while (peek(cursor) === "|") {
    cursor.at += 1;
    readSequence(cursor);
  }
  return first;
}

function readSequence(cursor: Cursor): string {
  let text = "";
  while (cursor.at < cursor.pattern.length && peek(cursor) !== "|" && peek(cursor) !== ")") {
    const atom = readAtom(cursor);
    text += atom.repeat(readTimes(cursor));
  }
  return text;
}

function readAtom(cursor: Cursor): string {
  const letter = take(cursor);
  if (letter === "^" || letter === "$") return "";
  if (letter === ".") return "a";
  if (letter === "\\") return escaped(cursor);
  if (letter === "[") return readClass(cursor);
  if (letter !== "(") return letter;
  if (cursor.pattern.startsWith("?:", cursor.at)) cursor.at += 2;
  if (cursor.pattern.startsWith("?<", cursor.at))
    cursor.at = cursor.pattern.indexOf(">", cursor.at) + 1;
  const text = readAlternatives(cursor);
  cursor.at += 1;
  return text;
}

function escaped(cursor: Cursor): string {
  const letter = take(cursor);
  const classes: Readonly<Record<string, string>> = {
    d: "0",
    w: "a",
    s: " ",
    D: "a",
    W: "-",
    S: "a",
  };
  const controls: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", b: "", B: "" };
  return classes[letter] ?? controls[letter] ?? letter;
}

/** The first character of a class; of a negated one, the first common character that it does not name. */
function readClass(cursor: Cursor): string {
  const start = cursor.at;
  const isNegated = peek(cursor) === "^";
  if (isNegated) cursor.at += 1;
  const letter = take(cursor);
  const first = letter === "\\" ? escaped(cursor) : letter;
  while (cursor.at < cursor.pattern.length && peek(cursor) !== "]") {
    cursor.at += peek(cursor) === "\\" ? 2 : 1;
  }
  cursor.at += 1;
  if (!isNegated) return first;
  const rule = new RegExp(`[${cursor.pattern.slice(start, cursor.at)}`);
  return ["a", "0", "-", "A", "_", " ", "."].find((letter) => rule.test(letter)) ?? "a";
}

/** The smallest number of times; once where none is allowed too. */
function readTimes(cursor: Cursor): number {
  const quantifier = /^(?:[?*+]|\{(\d+)(?:,\d*)?\})\??/.exec(cursor.pattern.slice(cursor.at));
  if (quantifier === null) return 1;
  cursor.at += quantifier[0].length;
  return quantifier[1] === undefined ? 1 : Number(quantifier[1]);
}

function peek({ pattern, at }: Cursor): string {
  return pattern.charAt(at);
}

function take(cursor: Cursor): string {
  cursor.at += 1;
  return cursor.pattern.charAt(cursor.at - 1);
}
