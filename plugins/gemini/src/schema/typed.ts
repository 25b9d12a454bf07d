import { count, fields, list } from "../shape.ts";
import { anyObject, anything, choiceOf, type GeminiSchema } from "./schema-wire.ts";
import { type Keywords, constraint } from "./keywords.ts";
import { typeOf, type TypeName } from "./types.ts";

export interface Typed {
  readonly schema: GeminiSchema;
  /** Keywords that the schema or the notes say. */
  readonly used: readonly string[];
  readonly notes: readonly string[];
}

/** Rewrites what is inside of a schema. */
export type Rewrite = (schema: unknown) => GeminiSchema;

/** The part of a schema that is about values of one type. */
export function typedSchema(type: TypeName, keywords: Keywords, rewrite: Rewrite): Typed {
  switch (type) {
    case "string":
      return stringSchema(keywords);
    case "number":
    case "integer":
      return numberSchema(type, keywords);
    case "boolean":
      return { schema: { type: "BOOLEAN" }, used: ["enum"], notes: listed("boolean", keywords, 2) };
    case "array":
      return arraySchema(keywords, rewrite);
    case "object":
      return objectSchema(keywords, rewrite);
  }
}

function stringSchema(keywords: Keywords): Typed {
  const { enum: values, format, pattern } = keywords;
  const words = [...new Set(list(values).filter((value) => typeof value === "string"))];
  // Gemini refuses an empty string in `enum`.
  const listable = words.length > 0 && words.every((value) => value !== "");
  const knownFormat = format === "date-time" && !listable;
  const knownPattern = typeof pattern === "string" && !beyondRe2.test(pattern);
  const [limits, used] = limitsOf(keywords, ["minLength", "maxLength"]);
  const schema = {
    type: "STRING",
    ...(listable ? { enum: words } : {}),
    ...(knownFormat ? { format } : {}),
    ...(knownPattern ? { pattern } : {}),
    ...limits,
  };
  const taken = [
    "enum",
    ...used,
    ...(knownFormat ? ["format"] : []),
    ...(knownPattern ? ["pattern"] : []),
  ];
  return { schema, used: taken, notes: listable ? [] : listed("string", keywords) };
}

/** Look-around and back references, which RE2, Gemini's engine, does not have. */
const beyondRe2 = /\(\?(?:[=!]|<[=!])|\\[1-9k]/;

/** Gemini refuses the formats of one type on the other. */
const numberFormats = { number: ["float", "double"], integer: ["int32", "int64"] } as const;

function numberSchema(type: "number" | "integer", keywords: Keywords): Typed {
  const { minimum, maximum, format } = keywords;
  const [low, high] = [finite(minimum), finite(maximum)];
  const knownFormat = numberFormats[type].some((known) => known === format);
  const schema = {
    type: type.toUpperCase(),
    ...(knownFormat ? { format: String(format) } : {}),
    ...(low === undefined ? {} : { minimum: low }),
    ...(high === undefined ? {} : { maximum: high }),
  };
  const used = ["enum", "minimum", "maximum", ...(knownFormat ? ["format"] : [])];
  return { schema, used, notes: listed(type, keywords) };
}

function arraySchema(keywords: Keywords, rewrite: Rewrite): Typed {
  const { items, prefixItems, additionalItems } = keywords;
  // Drafts before 2020-12 wrote `prefixItems` as a list of `items`.
  const places = Array.isArray(items) ? items : list(prefixItems);
  const rest = Array.isArray(items) ? additionalItems : items;
  const [limits, used] = limitsOf(keywords, ["minItems", "maxItems"]);
  const inPlace = places.map(rewrite);
  const others = rest === undefined ? anything() : rewrite(rest);
  const all = rest === false ? inPlace : [...inPlace, others];
  const notes = [
    ...(places.length === 0 ? [] : [constraint("Items in this order", inPlace)]),
    ...(rest === false ? [`No more than ${places.length} items.`] : []),
    ...listed("array", keywords),
  ];
  const taken = ["enum", "items", "prefixItems", "additionalItems", ...used];
  return {
    schema: { type: "ARRAY", items: all.length === 0 ? anything() : choiceOf(all), ...limits },
    used: taken,
    notes,
  };
}

function objectSchema(keywords: Keywords, rewrite: Rewrite): Typed {
  const given = Object.entries(fields(keywords.properties) ?? {});
  const required = list(keywords.required).filter((name) => typeof name === "string");
  const known = new Set(given.map(([name]) => name));
  const missing = required.filter((name) => !known.has(name));
  const properties = [
    ...given
      .filter(([, schema]) => schema !== false)
      .map(([name, schema]) => [name, rewrite(schema)] as const),
    ...missing.map((name) => [name, rewrite({})] as const),
  ];
  const forbidden = given.flatMap(([name, schema]) => (schema === false ? [name] : []));
  const [limits, used] = limitsOf(keywords, ["minProperties", "maxProperties"]);
  const named = new Set(required);
  for (const name of forbidden) named.delete(name);
  const schema = {
    ...(properties.length === 0
      ? anyObject
      : { type: "OBJECT", properties: Object.fromEntries(properties) }),
    ...(named.size === 0 ? {} : { required: [...named] }),
    ...limits,
  };
  const notes = [
    ...(forbidden.length === 0 ? [] : [constraint("Without the properties", forbidden)]),
    ...listed("object", keywords),
  ];
  return { schema, used: ["enum", "properties", "required", ...used], notes };
}

/** Listed values of other types, as a sentence: Gemini's `enum` takes strings only. */
function listed(type: TypeName, { enum: values }: Keywords, all = Number.POSITIVE_INFINITY) {
  const fitting = list(values).filter((value) => {
    const own = typeOf(value);
    return own === type || (type === "number" && own === "integer");
  });
  if (fitting.length === 0 || fitting.length >= all) return [];
  return [`One of: ${fitting.map((value) => JSON.stringify(value)).join(", ")}`];
}

/** The limits that are whole numbers, and the keywords that held them. */
function limitsOf(
  keywords: Keywords,
  names: readonly string[],
): readonly [Readonly<Record<string, number>>, readonly string[]] {
  const found = names.flatMap((name) => {
    const limit = count(keywords[name]);
    return limit !== undefined && Number.isInteger(limit) ? [[name, limit] as const] : [];
  });
  return [Object.fromEntries(found), found.map(([name]) => name)];
}

function finite(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}
