import { fields, list } from "../shape.ts";
import { typesOf, type Keywords } from "./keywords.ts";

export type TypeName = "string" | "number" | "integer" | "boolean" | "array" | "object";

/** Keywords that imply a type where the schema names none. */
const tellers: readonly (readonly [TypeName, readonly string[]])[] = [
  [
    "object",
    [
      "properties",
      "required",
      "additionalProperties",
      "patternProperties",
      "propertyNames",
      "minProperties",
      "maxProperties",
      "dependentRequired",
      "dependentSchemas",
    ],
  ],
  ["array", ["items", "prefixItems", "contains", "minItems", "maxItems", "uniqueItems"]],
  ["string", ["pattern", "minLength", "maxLength", "contentEncoding", "contentMediaType"]],
  ["number", ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"]],
];

const names: ReadonlySet<string> = new Set([
  "string",
  "number",
  "integer",
  "boolean",
  "array",
  "object",
]);

const isType = (name: string): name is TypeName => names.has(name);

/** The types a value may have, `null` aside; empty where it may have any. */
export function valueTypes(keywords: Keywords): readonly TypeName[] {
  const said = typesOf(keywords.type)
    .map((name) => name.toLowerCase())
    .filter(isType);
  const listed = list(keywords.enum).flatMap((value) => typeOf(value) ?? []);
  const told = tellers.flatMap(([type, words]) =>
    words.some((word) => Object.hasOwn(keywords, word)) ? [type] : [],
  );
  const all = said.length > 0 ? narrowed(said, listed) : listed.length > 0 ? listed : told;
  const types = new Set(typesOf(keywords.type).includes("null") && said.length === 0 ? [] : all);
  // Whole numbers are numbers.
  if (types.has("number")) types.delete("integer");
  return [...types];
}

/** Whether `null` is a value too. */
export function takesNull(keywords: Keywords): boolean {
  if (keywords.nullable === true) return true;
  if (keywords.enum !== undefined) return list(keywords.enum).includes(null);
  return typesOf(keywords.type).includes("null");
}

/** Whether `null` is the only value. */
export function onlyNull(keywords: Keywords): boolean {
  const said = typesOf(keywords.type);
  const listed = list(keywords.enum);
  return (
    (said.length > 0 && said.every((name) => name === "null")) ||
    (listed.length > 0 && listed.every((value) => value === null))
  );
}

/** The allowed types that the listed values have. */
function narrowed(said: readonly TypeName[], listed: readonly TypeName[]): readonly TypeName[] {
  if (listed.length === 0) return said;
  const fitting = said.filter(
    (type) => listed.includes(type) || (type === "number" && listed.includes("integer")),
  );
  return fitting.length > 0 ? fitting : said;
}

export function typeOf(value: unknown): TypeName | undefined {
  if (value === null) return undefined;
  if (Array.isArray(value)) return "array";
  if (fields(value) !== undefined) return "object";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  return typeof value === "string" || typeof value === "boolean"
    ? (typeof value as "string" | "boolean")
    : undefined;
}
