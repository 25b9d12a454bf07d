import { isObject } from "agproxy";
import type { Json } from "./description.ts";
import { list, tagValues, type Union } from "./union.ts";

/** Where rewritten components live: every reference is absolute, so that any part can be compiled alone. */
export const base = "openapi.json";

/** Keywords that hold schemas by name; their keys are no keywords. */
const byName = new Set(["properties", "patternProperties", "$defs", "definitions"]);

/** Keywords that constrain nothing here. */
const dropped = new Set([
  "$recursiveAnchor",
  "default",
  "deprecated",
  "description",
  "discriminator",
  "example",
  "examples",
  "format",
  "nullable",
  "title",
]);

/**
 * The description's schemas as JSON Schema 2020-12. It says OpenAPI 3.1, but carries words of older
 * versions: `nullable`, boolean `exclusiveMinimum`, `$recursiveRef`, and objects that say no type.
 */
export function jsonSchemas(spec: Json, components: Json): Json {
  return Object.fromEntries(
    Object.entries(components).map(([name, schema]) => [name, rewrite(spec, schema, name)]),
  );
}

export function rewrite(spec: Json, schema: unknown, owner: string): unknown {
  if (Array.isArray(schema)) return schema.map((part) => rewrite(spec, part, owner));
  if (!isObject(schema)) return schema;
  const kept: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(schema)) {
    if (dropped.has(key) || key.startsWith("x-")) continue;
    Object.assign(kept, keyword(spec, key, value, schema, owner));
  }
  // The description means an object, and would let a string pass.
  if ("properties" in kept && !("type" in kept) && !("union" in kept)) kept["type"] = "object";
  if (schema["nullable"] !== true) return kept;
  return { union: { branches: [{ schema: kept }, nothing], tag: "type", declared: false } };
}

const nothing = { schema: { type: "null" } };

function keyword(spec: Json, key: string, value: unknown, schema: Json, owner: string): Json {
  if (key === "$ref") return { $ref: `${base}${String(value)}` };
  if (key === "$recursiveRef") return { $ref: `${base}#/components/schemas/${owner}` };
  if (key === "oneOf" || key === "anyOf") return { union: union(spec, schema, list(value), owner) };
  if (key === "enum" || key === "const" || key === "required") return { [key]: value };
  // Fields that the description does not know are allowed everywhere.
  if (key === "additionalProperties" && value === false) return {};
  if (key === "exclusiveMinimum" && typeof value === "boolean") {
    return value ? { exclusiveMinimum: schema["minimum"] } : {};
  }
  if (byName.has(key) && isObject(value)) {
    const inner = Object.entries(value).map(([name, part]) => [name, rewrite(spec, part, owner)]);
    return { [key]: Object.fromEntries(inner) };
  }
  return { [key]: rewrite(spec, value, owner) };
}

function union(spec: Json, schema: Json, branches: readonly unknown[], owner: string): Union {
  const { discriminator } = schema;
  const declared = isObject(discriminator) && typeof discriminator["propertyName"] === "string";
  const tag = declared ? String(discriminator["propertyName"]) : "type";
  return {
    tag,
    declared,
    branches: branches.map((branch) => {
      const values = tagValues(spec, branch, tag);
      const rewritten = rewrite(spec, branch, owner);
      return values === undefined ? { schema: rewritten } : { schema: rewritten, values };
    }),
  };
}
