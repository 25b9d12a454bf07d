import type { JsonObject } from "agproxy";
import { fields, list } from "../shape.ts";
import { checkSize } from "./limits.ts";

/** Keywords whose value is no schema and holds none. */
const values: ReadonlySet<string> = new Set(["const", "default", "enum", "example", "examples"]);

/** Keywords whose value is a map of schemas: its keys are names, not keywords. */
const maps: ReadonlySet<string> = new Set([
  "$defs",
  "definitions",
  "dependentSchemas",
  "patternProperties",
  "properties",
]);

/**
 * A JSON Schema for an upstream that takes JSON Schema, as the client wrote it. Only words beside a `$ref`,
 * which such an upstream refuses, move around it. Throws `invalid_request` where it is beyond all limits.
 * Source: https://ai.google.dev/api/generate-content#generationconfig (`responseJsonSchema`)
 */
export function passedSchema(schema: JsonObject, param: string): JsonObject {
  let crowded = false;
  checkSize(schema, param, (node) => {
    crowded ||= isCrowded(node);
  });
  return crowded ? withFreeReferences(schema) : schema;
}

/** Whether a `$ref` has company. */
function isCrowded(value: object): boolean {
  return (
    "$ref" in value &&
    typeof value.$ref === "string" &&
    Object.keys(value).some((keyword) => !keyword.startsWith("$"))
  );
}

function withFreeReferences(schema: JsonObject): JsonObject {
  const inner = Object.entries(schema).map(([keyword, value]) => [
    keyword,
    values.has(keyword) ? value : freed(value, maps.has(keyword)),
  ]);
  const result = Object.fromEntries(inner) as Record<string, unknown>;
  if (!isCrowded(result)) return result;
  const { $ref, ...others } = result;
  // A choice of one. `anyOf` and `oneOf` are what the upstream reads; `allOf` is for the schema that has both.
  const keyword = ["anyOf", "oneOf"].find((name) => !(name in others));
  if (keyword !== undefined) return { ...others, [keyword]: [{ $ref }] };
  return { ...others, allOf: [...list(others.allOf), { $ref }] };
}

function freed(value: unknown, isMap: boolean): unknown {
  if (Array.isArray(value)) return value.map((item) => freed(item, false));
  const object = fields(value);
  if (object === undefined) return value;
  if (!isMap) return withFreeReferences(object);
  return Object.fromEntries(
    Object.entries(object).map(([name, item]) => [name, freed(item, false)]),
  );
}
