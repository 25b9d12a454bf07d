import type { JsonObject } from "@agproxy/core";
import { fields, list } from "../shape.ts";
import { checkSize } from "./limits.ts";
import { constraint } from "./keywords.ts";
import { referenced } from "./references.ts";

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
 * A JSON Schema for an upstream that takes JSON Schema, changed only where that would refuse it: keywords beside a
 * `$ref` move around it, and a `$ref` that leads nowhere becomes a sentence. Throws `invalid_request` for a schema
 * beyond the limits.
 * Source: https://ai.google.dev/api/generate-content#generationconfig (`responseJsonSchema`)
 */
export function passedSchema(schema: JsonObject, param: string): JsonObject {
  let asItIs = true;
  checkSize(schema, param, (node) => {
    asItIs &&= !isCrowded(node) && !isDangling(node, schema);
  });
  return asItIs ? schema : withFreeReferences(schema, schema);
}

/** Whether there are keywords beside a `$ref`. */
function isCrowded(value: object): boolean {
  return (
    "$ref" in value &&
    typeof value.$ref === "string" &&
    Object.keys(value).some((keyword) => !keyword.startsWith("$"))
  );
}

/** Whether a `$ref` leads out of the document, or to nothing in it. Gemini knows no anchors. */
function isDangling(value: object, root: JsonObject): boolean {
  if (!("$ref" in value) || typeof value.$ref !== "string") return false;
  const { $ref: reference } = value;
  return !/^#(\/|$)/.test(reference) || fields(referenced(root, reference)) === undefined;
}

function withFreeReferences(schema: JsonObject, root: JsonObject): JsonObject {
  const inner = Object.entries(schema).map(([keyword, value]) => [
    keyword,
    values.has(keyword) ? value : freed(value, maps.has(keyword), root),
  ]);
  const result = Object.fromEntries(inner) as Record<string, unknown>;
  if (isDangling(result, root)) return withoutReference(result);
  if (!isCrowded(result)) return result;
  const { $ref, ...others } = result;
  // A choice with one alternative. Gemini reads `anyOf` and `oneOf`; `allOf` is for the schema that has both.
  const keyword = ["anyOf", "oneOf"].find((name) => !(name in others));
  if (keyword !== undefined) return { ...others, [keyword]: [{ $ref }] };
  return { ...others, allOf: [...list(others.allOf), { $ref }] };
}

/** Accepts any value. The description names the reference, which may tell the model enough. */
function withoutReference({ $ref, ...others }: JsonObject): JsonObject {
  const note = `${constraint("$ref", $ref)} (not part of this schema; any value may fit)`;
  const said = typeof others.description === "string" ? [others.description, note] : [note];
  return { ...others, description: said.join("\n") };
}

function freed(value: unknown, isMap: boolean, root: JsonObject): unknown {
  if (Array.isArray(value)) return value.map((item) => freed(item, false, root));
  const object = fields(value);
  if (object === undefined) return value;
  if (!isMap) return withFreeReferences(object, root);
  return Object.fromEntries(
    Object.entries(object).map(([name, item]) => [name, freed(item, false, root)]),
  );
}
