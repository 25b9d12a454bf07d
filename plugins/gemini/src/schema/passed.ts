import type { JsonObject } from "@agproxy/core";
import { fields, list } from "../shape.ts";
import { checkSize } from "./limits.ts";
import { constraint, merged, withNotes, type Keywords } from "./keywords.ts";
import { isPlain, plainSchema } from "./plain-schema.ts";
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
 * A JSON Schema for an upstream that takes JSON Schema, changed only where that would refuse or overlook it: keywords
 * beside a `$ref` move around it, a `$ref` that leads nowhere becomes a sentence, what `allOf` joins is joined, and words
 * that are not JSON Schema become those that are. Throws `invalid_request` for a schema beyond the limits.
 * Source: https://ai.google.dev/api/generate-content#generationconfig (`responseJsonSchema`)
 */
export function passedSchema(given: JsonObject, param: string): JsonObject {
  // Many schemas have nothing else that must change.
  const { $schema: dialect, ...rest } = given;
  const schema = dialect === undefined ? given : rest;
  let areWordsPlain = true;
  let asItIs = true;
  checkSize(schema, param, (node) => {
    areWordsPlain &&= isPlain(node);
    asItIs &&= !("allOf" in node) && !isCrowded(node) && !isDangling(node, schema);
  });
  if (areWordsPlain && asItIs) return schema;
  const plain = areWordsPlain ? schema : plainSchema(schema);
  return withFreeReferences(plain, { root: plain, open: new Set() });
}

interface Surroundings {
  /** What references point into. */
  readonly root: JsonObject;
  /** References that are written out around this place; one of them again would go on without end. */
  readonly open: ReadonlySet<string>;
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

function withFreeReferences(given: JsonObject, around: Surroundings): JsonObject {
  const { schema, open } = joined(given, around);
  const inner = Object.entries(schema).map(([keyword, value]) => [
    keyword,
    values.has(keyword) ? value : freed(value, maps.has(keyword), { ...around, open }),
  ]);
  const result = Object.fromEntries(inner) as Record<string, unknown>;
  if (isDangling(result, around.root)) return withoutReference(result);
  if (!isCrowded(result)) return result;
  const { $ref, ...others } = result;
  // A choice with one alternative. Gemini reads `anyOf` and `oneOf`; `allOf` is for the schema that has both.
  const keyword = ["anyOf", "oneOf"].find((name) => !(name in others));
  if (keyword !== undefined) return { ...others, [keyword]: [{ $ref }] };
  return { ...others, allOf: [...list(others.allOf), { $ref }] };
}

/**
 * A schema with the schemas of its `allOf` in it, which the upstream would overlook. One that is a reference alone stays
 * a reference.
 */
function joined(
  { allOf, ...own }: JsonObject,
  { root, open }: Surroundings,
): { readonly schema: JsonObject; readonly open: ReadonlySet<string> } {
  if (allOf === undefined) return { schema: own, open };
  const within = new Set(open);
  let keywords: Keywords = own;
  for (const part of list(allOf)) {
    const { $ref: reference } = fields(part) ?? {};
    if (typeof reference !== "string") {
      keywords = merged(keywords, joined(fields(part) ?? {}, { root, open: within }).schema);
    } else if (keywords.$ref === undefined && !isDangling({ $ref: reference }, root)) {
      keywords = merged(keywords, fields(part) ?? {});
    } else if (!within.has(reference)) {
      within.add(reference);
      const target = fields(referenced(root, reference)) ?? withoutReference({ $ref: reference });
      keywords = merged(keywords, joined(target, { root, open: within }).schema);
    }
  }
  return { schema: withNotes(keywords), open: within };
}

/** Accepts any value. The description names the reference, which may tell the model enough. */
function withoutReference({ $ref, ...others }: JsonObject): JsonObject {
  const note = `${constraint("$ref", $ref)} (not part of this schema; any value may fit)`;
  const said = typeof others.description === "string" ? [others.description, note] : [note];
  return { ...others, description: said.join("\n") };
}

function freed(value: unknown, isMap: boolean, around: Surroundings): unknown {
  if (Array.isArray(value)) return value.map((item) => freed(item, false, around));
  const object = fields(value);
  if (object === undefined) return value;
  if (!isMap) return withFreeReferences(object, around);
  return Object.fromEntries(
    Object.entries(object).map(([name, item]) => [name, freed(item, false, around)]),
  );
}
