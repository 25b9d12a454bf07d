import { camelKeys, isObject, type JsonObject } from "@agproxy/core";

/** The numbers of `google.ai.generativelanguage.v1beta.Type`, for clients that write enums as integers. */
const types: readonly string[] = [
  "",
  "string",
  "number",
  "integer",
  "boolean",
  "array",
  "object",
  "null",
];

/** Limits, which are 64-bit integers and so written as texts. */
const counts: ReadonlySet<string> = new Set([
  "maxItems",
  "maxLength",
  "maxProperties",
  "minItems",
  "minLength",
  "minProperties",
]);

/**
 * JSON Schema of one of Google's own schemas. What both have in common stays as it is.
 * Source: https://ai.google.dev/api/caching#Schema
 */
export function jsonSchema(schema: JsonObject): JsonObject {
  const { nullable, propertyOrdering: _ordering, ...own } = camelKeys(schema);
  const entries = Object.entries(own).map(
    ([name, value]) => [name, translated(name, value)] as const,
  );
  const made = Object.fromEntries(entries);
  if (nullable !== true) return made;
  if (typeof made["type"] === "string") return { ...made, type: [made["type"], "null"] };
  return Array.isArray(made["anyOf"])
    ? { ...made, anyOf: [...made["anyOf"], { type: "null" }] }
    : made;
}

function translated(name: string, value: unknown): unknown {
  if (name === "type") return typeof value === "number" ? types[value] : lowered(value);
  if (counts.has(name)) return Number(value);
  if (name === "items" && isObject(value)) return jsonSchema(value);
  if (name === "anyOf" && Array.isArray(value)) return value.map(inner);
  if (name !== "properties" || !isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, inner(one)]));
}

function inner(value: unknown): unknown {
  return isObject(value) ? jsonSchema(value) : value;
}

function lowered(value: unknown): unknown {
  return typeof value === "string" ? value.toLowerCase() : value;
}
