import type { JsonObject } from "@agproxy/core";
import { fields, list } from "../shape.ts";
import { checkSize } from "./limits.ts";
import { constraint, merged, noted, schemaMaps, withNotes, type Keywords } from "./keywords.ts";
import { isPlain, plainSchema } from "./plain-schema.ts";
import { referenced, referenceName } from "./references.ts";

/** Keywords whose value is no schema and holds none. */
const values: ReadonlySet<string> = new Set(["const", "default", "enum", "example", "examples"]);

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
  const around = { root: plain, open: new Set<string>(), depth: 0 };
  try {
    return withFreeReferences(plain, { ...around, room: { nodes: maxJoinedNodes } });
  } catch (error) {
    if (!(error instanceof TooLarge)) throw error;
    // Overlooked by the upstream is better than refused.
    return withFreeReferences(plain, { ...around, room: undefined });
  }
}

/** Schemas that join each other grow with every reference that is written out. */
class TooLarge extends Error {}
const maxJoinedNodes = 5000;
const copiedPropertiesPerNode = 20;
/** The upstream refuses deeper schemas. */
const maxJoinedDepth = 30;

interface Surroundings {
  /** What references point into. */
  readonly root: JsonObject;
  /** References that are written out around this place; one of them again would go on without end. */
  readonly open: ReadonlySet<string>;
  readonly depth: number;
  /** How many nodes may be written yet. Absent: what `allOf` joins stays apart. */
  readonly room: { nodes: number } | undefined;
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
  const below = { ...around, open, depth: around.depth + 1 };
  const inner = Object.entries(schema).map(([keyword, value]) => [
    keyword,
    values.has(keyword) ? value : freed(value, schemaMaps.has(keyword), below),
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
  given: JsonObject,
  around: Surroundings,
): { readonly schema: JsonObject; readonly open: ReadonlySet<string> } {
  const { root, open, depth, room } = around;
  if (room === undefined) return { schema: given, open };
  room.nodes -= 1;
  if (room.nodes < 0 || depth > maxJoinedDepth) throw new TooLarge();
  const { allOf, ...own } = given;
  if (allOf === undefined) return { schema: own, open };
  const within = new Set(open);
  const inside = { ...around, open: within, depth: depth + 1 };
  let keywords: Keywords = own;
  for (const part of list(allOf)) {
    const { $ref: reference, ...beside } = fields(part) ?? {};
    if (typeof reference !== "string") {
      keywords = merged(keywords, joined(beside, inside).schema);
    } else if (keywords.$ref === undefined && !isDangling({ $ref: reference }, root)) {
      keywords = merged(keywords, { ...joined(beside, inside).schema, $ref: reference });
    } else {
      keywords = merged(keywords, joined(beside, inside).schema);
      keywords = written(keywords, reference, within, inside);
    }
    // Each part copies the properties of all before it, so that many parts would take quadratic time.
    room.nodes -= Object.keys(fields(keywords.properties) ?? {}).length / copiedPropertiesPerNode;
    if (room.nodes < 0) throw new TooLarge();
  }
  return { schema: withNotes(keywords), open: within };
}

/** The keywords with those of the schema that a reference leads to. */
function written(
  keywords: Keywords,
  reference: string,
  within: Set<string>,
  inside: Surroundings,
): Keywords {
  if (within.has(reference)) {
    const name = referenceName(reference);
    return noted(keywords, `Of the same form as the ${name} that contains it.`);
  }
  within.add(reference);
  const found = fields(referenced(inside.root, reference));
  const target = found ?? withoutReference({ $ref: reference });
  return merged(keywords, joined(target, inside).schema);
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
