import type { JsonObject } from "@agproxy/core";
import { fields, list } from "../shape.ts";
import { anything, described, nullable, choiceOf, type GeminiSchema } from "./schema-wire.ts";
import { deeper, flat, type Flat, type Place } from "./flat.ts";
import { allowance, checkSize } from "./limits.ts";
import {
  merged,
  noted,
  notes,
  type Keywords,
  constraint,
  leftovers,
  withNotes,
} from "./keywords.ts";
import { passedSchema } from "./passed.ts";
import { isPlain, plainSchema } from "./plain-schema.ts";
import { onlyNull, takesNull, valueTypes } from "./types.ts";
import { typedSchema } from "./typed.ts";

/**
 * Rewrites a JSON Schema as Gemini's own Schema. Keywords that Gemini lacks become sentences in the description.
 * Every value that the schema accepts, the rewritten one accepts too; a missing type is inferred from the keywords.
 * Throws `invalid_request` for a schema that is too large, or becomes so when its references are written out.
 * Source: https://ai.google.dev/api/caching#Schema
 *
 * @param param the request field that holds the schema, for the error
 */
export function geminiSchema(schema: unknown, param: string): GeminiSchema {
  const place = start(schema, param);
  return rewritten(place.root, place);
}

function start(schema: unknown, param: string): Place {
  let areWordsPlain = true;
  checkSize(schema, param, (node) => {
    areWordsPlain &&= isPlain(node);
  });
  const root = areWordsPlain ? schema : plainSchema(fields(schema) ?? {});
  // The document itself is being read, so a reference to all of it is a cycle.
  return { root, open: new Set(["#"]), depth: 0, allowance: allowance(param) };
}

/**
 * A function's arguments for an upstream that takes JSON Schema: a schema of one object, because other roots are
 * refused. What joins schemas at the root is written out there.
 */
export function objectSchema(given: JsonObject, param: string): JsonObject {
  const schema = passedSchema(given, param);
  if (!["$ref", "anyOf", "oneOf", "allOf"].some((keyword) => keyword in schema)) {
    return { ...schema, type: "object" };
  }
  const place = start(schema, param);
  const { keywords, place: inside } = flat(schema, place);
  return withNotes(asObject(keywords, inside));
}

/** The schema of a function's arguments, which are one object. Absent where there are none. */
export function argumentsSchema(schema: JsonObject, param: string): GeminiSchema | undefined {
  const place = start(schema, param);
  const { keywords, place: inside } = flat(place.root, place);
  const whole = asObject(keywords, inside);
  const free = leftovers(whole, new Set(["properties", "required"])).length === 0;
  const empty = Object.keys(fields(whole.properties) ?? {}).length === 0;
  if (empty && free && whole[notes] === undefined && list(whole.required).length === 0) {
    return undefined;
  }
  return single({ keywords: whole, place: inside });
}

/** Joins alternative objects into one, because arguments are one object; a sentence tells the alternatives. */
function asObject(keywords: Keywords, place: Place): Keywords {
  const { anyOf, oneOf, ...base } = keywords;
  const alternatives = [...list(anyOf), ...list(oneOf)].map(
    (each) => flat(each, deeper(place)).keywords,
  );
  const properties = alternatives.reduce<Readonly<Record<string, unknown>>>(
    (all, each) => eitherOf(all, fields(each.properties) ?? {}),
    {},
  );
  const whole = {
    ...base,
    type: "object",
    properties: { ...properties, ...fields(base.properties) },
  };
  const choices = Object.entries({ anyOf, oneOf }).filter(([, value]) => value !== undefined);
  return choices.reduce<Keywords>(
    (all, [word, value]) => noted(all, constraintText(word, value, place)),
    whole,
  );
}

function eitherOf(
  mine: Readonly<Record<string, unknown>>,
  other: Readonly<Record<string, unknown>>,
) {
  const entries = Object.entries(other).map(([name, schema]) => [
    name,
    Object.hasOwn(mine, name) ? { anyOf: [mine[name], schema] } : schema,
  ]);
  return { ...mine, ...(Object.fromEntries(entries) as Readonly<Record<string, unknown>>) };
}

function rewritten(schema: unknown, place: Place): GeminiSchema {
  const whole = flat(schema, place);
  const { anyOf, oneOf, ...base } = whole.keywords;
  if (Array.isArray(anyOf) && anyOf.length > 0) {
    const rest =
      oneOf === undefined ? base : noted(base, constraintText("oneOf", oneOf, whole.place));
    return choice(rest, anyOf, whole.place);
  }
  if (!Array.isArray(oneOf) || oneOf.length === 0) return single({ ...whole, keywords: base });
  const exactly = oneOf.length > 1 ? noted(base, "Exactly one of the alternatives applies.") : base;
  return choice(exactly, oneOf, whole.place);
}

/** A choice between schemas. Gemini takes nothing beside `anyOf`, so shared keywords go into each alternative. */
function choice(base: Keywords, branches: readonly unknown[], place: Place): GeminiSchema {
  const { description, title, [notes]: told = [], ...shared } = base;
  const flats = branches.map((branch) => flat(branch, deeper(place)));
  if (flats.every(({ keywords }) => onlyConstrains(keywords))) {
    const words = `One of these must hold: ${JSON.stringify(branches)}`;
    return single({ keywords: noted(base, words), place });
  }
  const schemas = flats.map((each) => {
    const keywords = merged(shared, each.keywords);
    return rewritten(keywords, { ...deeper(place), open: each.place.open });
  });
  const named = described(choiceOf(schemas), { title });
  return described(named, { description: [description, ...told] });
}

/** Whether a schema only constrains a value and does not describe it, such as `{ required: ["a"] }`. */
function onlyConstrains(keywords: Keywords): boolean {
  return (
    ["required", "not", "minProperties"].some((word) => word in keywords) &&
    Object.keys(keywords).every((word) =>
      ["required", "not", "minProperties", "maxProperties"].includes(word),
    )
  );
}

/** A schema that is no choice, except between types. */
function single({ keywords, place }: Flat): GeminiSchema {
  const inside = deeper(place);
  const types = onlyNull(keywords) ? [] : valueTypes(keywords);
  const typed = types.map((type) =>
    typedSchema(type, keywords, (inner) => rewritten(inner, inside)),
  );
  const used = new Set(typed.flatMap((each) => each.used));
  const sentences = [
    ...(keywords[notes] ?? []),
    ...typed.flatMap((each) => each.notes),
    ...leftovers(keywords, used).map(([word, value]) => constraintText(word, value, inside)),
  ];
  const title = typeof keywords.title === "string" ? keywords.title : undefined;
  const bare = onlyNull(keywords)
    ? { type: "NULL" }
    : typed.length === 0
      ? anything()
      : choiceOf(typed.map((each) => each.schema));
  const whole = described(bare, { title, description: [keywords.description, ...sentences] });
  return takesNull(keywords) && !onlyNull(keywords) ? nullable(whole) : whole;
}

/** A constraint as a sentence, with the references in its schemas written out. */
function constraintText(keyword: string, value: unknown, place: Place): string {
  return constraint(keyword, writtenOut(value, place));
}

function writtenOut(value: unknown, place: Place): unknown {
  if (!(JSON.stringify(value) ?? "").includes('"$ref"')) return value;
  if (Array.isArray(value)) return value.map((item) => writtenOut(item, deeper(place)));
  const object = fields(value) ?? {};
  if (typeof object.$ref === "string") return rewritten(object, deeper(place));
  const entries = Object.entries(object).map(([name, item]) => [
    name,
    writtenOut(item, deeper(place)),
  ]);
  return Object.fromEntries(entries) as unknown;
}
