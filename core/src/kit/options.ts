import * as v from "valibot";
import leven from "leven";
import type { JsonObject } from "../vocabulary/chat.ts";
import { isObject } from "./fields.ts";
import { exampleWith } from "./option-example.ts";

type ObjectSchema = v.GenericSchema & { readonly entries: Readonly<Record<string, unknown>> };

/**
 * Checks a plugin's options against a valibot schema and fills in its defaults. Every plugin needs it, because config files
 * in JSON and YAML are not type-checked. Throws an error that names the option, says what it must be and shows `example`, or
 * where that has not got the option one that has; it never repeats the value, which may be a key.
 *
 * @example
 * const schema = v.strictObject({ greeting: v.optional(v.string(), "hello") });
 * const { greeting } = readOptions("hello", schema, options, 'hello({ greeting: "good morning" })');
 */
export function readOptions<Schema extends ObjectSchema>(
  plugin: string,
  schema: Schema,
  options: unknown,
  example: string,
): v.InferOutput<Schema> {
  const read = v.safeParse(schema, options, { message: optionFault });
  if (read.success) return read.output;
  const [issue] = read.issues;
  const path = v.getDotPath(issue);
  if (path === null) throw wrongOption(plugin, "options", issue.message, example);
  if (path in schema.entries || path.includes(".")) {
    const meant = issue.expected === "never" ? meantInside(schema, path.split(".")) : undefined;
    const advice = meant === undefined ? "" : `; did you mean \`${meant}\`?`;
    const [option = path] = path.split(".");
    const shown = exampleWith(example, option, schema.entries[option]);
    throw wrongOption(plugin, path, issue.message + advice, shown);
  }
  const known = Object.keys(schema.entries);
  const meant = nearestName(path, known);
  const list = known.length === 0 ? "It has none." : `Options are ${known.join(", ")}.`;
  const advice = meant === undefined ? list : `Did you mean \`${meant}\`?`;
  throw new Error(`${plugin}: there is no option \`${path}\`. ${advice}`);
}

/** The known name that an unknown one inside of others resembles. */
function meantInside(schema: unknown, path: readonly string[]): string | undefined {
  let inner = schema;
  for (const name of path.slice(0, -1)) inner = schemaInside(unwrapped(inner), name);
  const { entries } = unwrapped(inner);
  return isObject(entries) ? nearestName(path.at(-1) ?? "", Object.keys(entries)) : undefined;
}

function schemaInside({ entries, item }: JsonObject, name: string): unknown {
  return isObject(entries) ? entries[name] : item;
}

/** The schema in an optional one. */
function unwrapped(schema: unknown): JsonObject {
  if (!isObject(schema)) return {};
  return schema["wrapped"] === undefined ? schema : unwrapped(schema["wrapped"]);
}

/**
 * The error about one option, for what a schema cannot say. `fault` continues the sentence after the option's name.
 *
 * @example
 * throw wrongOption("hello", "greeting", "must be one line", 'hello({ greeting: "good morning" })');
 */
export function wrongOption(plugin: string, path: string, fault: string, example: string): Error {
  const sentence = fault.endsWith("?") ? fault : `${fault}.`;
  return new Error(`${plugin}: \`${path}\` ${sentence} Write it like this: ${example}`);
}

/** What is wrong with an option, as the rest of a sentence. valibot's own messages repeat the value, which may be a key. */
export function optionFault(issue: v.BaseIssue<unknown>): string {
  if (issue.expected === "never") return "is no option";
  if (issue.received === "undefined") return "is missing";
  switch (issue.type) {
    case "string":
      return "must be a text";
    case "boolean":
      return "must be true or false";
    case "number":
    case "finite":
      return `must be a number${notNumber(issue)}`;
    case "integer":
      return `must be a whole number${notNumber(issue)}`;
    case "array":
      return "must be a list";
    case "min_value":
      return `must be ${String(issue.requirement)} or more${notNumber(issue)}`;
    case "max_value":
      return `must be ${String(issue.requirement)} or less${notNumber(issue)}`;
    case "gt_value":
      return `must be more than ${String(issue.requirement)}${notNumber(issue)}`;
    case "min_length":
    case "non_empty":
      return "must not be empty";
    case "picklist":
      return oneOf(issue);
    default:
      return issue.type.endsWith("object") ? "must be an object" : "is not understood";
  }
}

/** A number in the place of another is no secret. */
function notNumber({ input }: v.BaseIssue<unknown>): string {
  return typeof input === "number" ? `, not ${input}` : "";
}

function oneOf({ expected, input }: v.BaseIssue<unknown>): string {
  const known = (expected ?? "").slice(1, -1).replaceAll('"', "").split(" | ");
  const meant = typeof input === "string" ? nearestName(input, known) : undefined;
  const advice = meant === undefined ? "" : `; did you mean ${meant}?`;
  return `must be one of ${known.join(", ")}${advice}`;
}

/** Names that differ in more letters are other words. */
const maxTypos = 2;

/**
 * The known name that somebody probably meant, whatever its case; undefined where none is close. Before others comes
 * one that begins with what was written: it was not finished.
 *
 * @example
 * nearestName("strategie", ["strategy", "sticky"]); // "strategy"
 */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  const distance = (other: string) => leven(other.toLowerCase(), name.toLowerCase());
  const rank = (other: string) => distance(other) - (other.startsWith(name) ? maxTypos : 0);
  const near = known.filter((other) => distance(other) <= maxTypos);
  return near.toSorted((a, b) => rank(a) - rank(b))[0];
}
