import type { JsonObject } from "@agproxy/core";
import { fields, list } from "../shape.ts";
import { constraint, schemaMaps } from "./keywords.ts";
import { maxReferenceLength } from "./references.ts";
import { choiceOf, jsonTypes, schemaOfWord } from "./type-words.ts";

/** Keywords whose value is a schema, or a list of them. */
const inner: ReadonlySet<string> = new Set([
  "additionalItems",
  "additionalProperties",
  "allOf",
  "anyOf",
  "contains",
  "else",
  "if",
  "items",
  "not",
  "oneOf",
  "prefixItems",
  "propertyNames",
  "then",
  "unevaluatedItems",
  "unevaluatedProperties",
]);

/** Keywords that mean something with `null`. */
const nullables: ReadonlySet<string> = new Set(["const", "default", "example"]);

/** What says nothing about a value. `$schema` is refused. */
const silent: ReadonlySet<string> = new Set(["$schema", "$comment"]);

/** Whether an object, should it be a schema, is JSON Schema as it is. Cheap: every object of every schema is asked. */
export function isPlain(node: object): boolean {
  for (const keyword in node) {
    switch (keyword) {
      case "$schema":
      case "$comment":
      case "definitions":
      case "enumDescriptions":
        return false;
      case "type":
        if (!isJsonType((node as JsonObject).type)) return false;
        break;
      case "required":
        if (!Array.isArray((node as JsonObject).required)) return false;
        break;
      default:
        if ((node as JsonObject)[keyword] === null && !nullables.has(keyword)) return false;
    }
  }
  return true;
}

function isJsonType(type: unknown): boolean {
  if (!Array.isArray(type)) return jsonTypes.has(type);
  return type.length > 0 && type.every((name) => jsonTypes.has(name));
}

/**
 * A schema in the words of JSON Schema: hand-written tool servers use those of other languages for types, mark a
 * property itself as required, and keep definitions under their old name. What a word means is kept; where nobody can
 * know, it moves into the description.
 */
export function plainSchema(schema: JsonObject): JsonObject {
  const result: Record<string, unknown> = {};
  const told = [...valueDescriptions(schema)];
  for (const [keyword, value] of Object.entries(schema)) {
    if (silent.has(keyword) || (value === null && !nullables.has(keyword))) continue;
    if (keyword === "definitions") continue;
    if (keyword === "type" || keyword === "required" || keyword === "enumDescriptions") continue;
    if (keyword === "$ref" && typeof value === "string") result.$ref = plainReference(value);
    else if (schemaMaps.has(keyword)) result[keyword] = plainMap(value);
    else result[keyword] = inner.has(keyword) ? plainValue(value) : value;
  }
  const { $defs, definitions } = schema;
  if (fields(definitions) !== undefined) {
    result.$defs = { ...fields(plainMap(definitions)), ...fields(plainMap($defs)) };
  }
  const required = requiredNames(schema);
  if (required.length > 0) result.required = required;
  const typed = withType(result, schema.type, told);
  if (told.length === 0) return typed;
  const said = typeof typed.description === "string" ? [typed.description] : [];
  return { ...typed, description: [...said, ...told].join("\n") };
}

function plainMap(map: unknown): unknown {
  const entries = Object.entries(fields(map) ?? {});
  return Object.fromEntries(entries.map(([name, value]) => [name, plainValue(value)]));
}

function plainValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plainValue);
  const schema = fields(value);
  return schema === undefined ? value : plainSchema(schema);
}

/** Adds the meaning of a `type`; what the schema says itself comes first. */
function withType(schema: JsonObject, type: unknown, told: string[]): JsonObject {
  if (type === undefined || type === null) return schema;
  if (isJsonType(type)) return { type, ...schema };
  const own = fields(type);
  if (own !== undefined) return { ...plainSchema(own), ...schema };
  const meanings = list(Array.isArray(type) ? type : [type]).map((word) =>
    word === null ? { type: "null" } : typeof word === "string" ? schemaOfWord(word) : undefined,
  );
  const isKnown = meanings.length > 0 && meanings.every((meaning) => meaning !== undefined);
  if (!isKnown) {
    if (meanings.length > 0) told.push(constraint("type", type));
    return schema;
  }
  const meaning = choiceOf(meanings);
  return "anyOf" in meaning && "anyOf" in schema
    ? { ...schema, allOf: [...list(schema.allOf), meaning] }
    : { ...meaning, ...schema };
}

/** The names in `required`, and of the properties that say of themselves that they are. */
function requiredNames({ required, properties }: JsonObject): readonly string[] {
  const named = typeof required === "string" ? [required] : list(required);
  const marked = Object.entries(fields(properties) ?? {}).flatMap(([name, schema]) =>
    fields(schema)?.required === true ? [name] : [],
  );
  return [...new Set([...named.filter((name) => typeof name === "string"), ...marked])];
}

/** What each value of an `enum` means, as editors write it. */
function valueDescriptions({ enum: values, enumDescriptions }: JsonObject): readonly string[] {
  const known = fields(enumDescriptions);
  return list(values).flatMap((value, index) => {
    const text = known?.[String(value)] ?? list(enumDescriptions)[index];
    return typeof text === "string" && text !== "" ? [`${JSON.stringify(value)}: ${text}`] : [];
  });
}

/** The reference with `$defs` for `definitions`, where that is a keyword and no property's name. */
function plainReference(reference: string): string {
  if (!reference.startsWith("#/") || !reference.includes("/definitions/")) return reference;
  if (reference.length > maxReferenceLength) return reference;
  let isName = false;
  const steps = reference.split("/").map((step) => {
    const isKeyword = !isName;
    isName = isKeyword && schemaMaps.has(step);
    return isKeyword && step === "definitions" ? "$defs" : step;
  });
  return steps.join("/");
}
