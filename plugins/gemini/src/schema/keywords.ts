import { isDeepStrictEqual } from "node:util";
import type { JsonObject } from "@agproxy/core";
import { fields, list } from "../shape.ts";

/**
 * Sentences for the description, for what Gemini has no keyword for. A symbol: any string may be a client's keyword.
 */
export const notes = Symbol("notes");

/** Keywords whose value is a map of schemas: its keys are names, not keywords. */
export const schemaMaps: ReadonlySet<string> = new Set([
  "$defs",
  "definitions",
  "dependentSchemas",
  "patternProperties",
  "properties",
]);

/** The keywords of one schema. */
export interface Keywords {
  readonly [keyword: string]: unknown;
  readonly [notes]?: readonly string[];
}

/** The keywords, with one more sentence. */
export function noted(keywords: Keywords, note: string): Keywords {
  return { ...keywords, [notes]: [...(keywords[notes] ?? []), note] };
}

/** The keywords as a schema: the notes are part of the description. */
export function withNotes({ [notes]: told = [], ...keywords }: Keywords): JsonObject {
  if (told.length === 0) return keywords;
  const said = typeof keywords.description === "string" ? [keywords.description] : [];
  return { ...keywords, description: [...said, ...told].join("\n") };
}

type Combine = (mine: unknown, other: unknown) => unknown;

const both: Combine = (mine, other) => ({ allOf: [mine, other] });
const union: Combine = (mine, other) => [...new Set([...list(mine), ...list(other)])];
const higher: Combine = (mine, other) => Math.max(Number(mine), Number(other));
const lower: Combine = (mine, other) => Math.min(Number(mine), Number(other));
const lines: Combine = (mine, other) => `${String(mine)}\n${String(other)}`;

/** How two schemas that both must hold become one, keyword by keyword. */
const combine: Readonly<Record<string, Combine>> = {
  type: sharedTypes,
  properties: mergedProperties,
  enum: (mine, other) => list(mine).filter((value) => holds(list(other), value)),
  required: union,
  items: both,
  additionalProperties: (mine, other) =>
    mine === false || other === false ? false : both(mine, other),
  propertyNames: both,
  contains: both,
  minimum: higher,
  exclusiveMinimum: higher,
  minLength: higher,
  minItems: higher,
  minProperties: higher,
  maximum: lower,
  exclusiveMaximum: lower,
  maxLength: lower,
  maxItems: lower,
  maxProperties: lower,
  title: (mine) => mine,
  description: lines,
  nullable: (mine, other) => mine === true && other === true,
  default: (mine) => mine,
};

/** The keywords of what is both one and the other. What cannot be combined goes into the notes. */
export function merged(mine: Keywords, other: Keywords): Keywords {
  const result: Record<string, unknown> = { ...mine };
  const told = [...(mine[notes] ?? []), ...(other[notes] ?? [])];
  for (const [keyword, value] of Object.entries(other)) {
    const combiner = Object.hasOwn(combine, keyword) ? combine[keyword] : undefined;
    if (!Object.hasOwn(result, keyword)) result[keyword] = value;
    else if (isDeepStrictEqual(result[keyword], value)) continue;
    else if (combiner !== undefined) result[keyword] = combiner(result[keyword], value);
    else told.push(constraint(keyword, value));
  }
  return { ...result, ...(told.length === 0 ? {} : { [notes]: told }) };
}

/** The names in a `type`, which may be one or several. */
export function typesOf(type: unknown): readonly string[] {
  return (Array.isArray(type) ? type : [type]).filter((name) => typeof name === "string");
}

function sharedTypes(mine: unknown, other: unknown): readonly string[] {
  const [ours, theirs] = [typesOf(mine), typesOf(other)];
  return [...new Set([...within(ours, theirs), ...within(theirs, ours)])];
}

/** The types that are also in `others`; whole numbers are numbers. */
function within(types: readonly string[], others: readonly string[]): readonly string[] {
  return types.filter(
    (type) => others.includes(type) || (type === "integer" && others.includes("number")),
  );
}

function mergedProperties(mine: unknown, other: unknown): unknown {
  const [ours, theirs] = [fields(mine) ?? {}, fields(other) ?? {}];
  const joined = Object.entries(theirs).flatMap(([name, schema]) => {
    const isNew = !Object.hasOwn(ours, name) || isDeepStrictEqual(ours[name], schema);
    return isNew ? [] : [[name, both(ours[name], schema)] as const];
  });
  return { ...ours, ...theirs, ...Object.fromEntries(joined) };
}

function holds(values: readonly unknown[], value: unknown): boolean {
  return values.some((known) => isDeepStrictEqual(known, value));
}

/** A keyword that Gemini lacks, as a sentence that the model reads. */
export function constraint(keyword: string, value: unknown): string {
  return `${keyword}: ${JSON.stringify(value)}`;
}

/** Keywords that say nothing about a value, or whose meaning has been read already. */
const silent: ReadonlySet<string> = new Set([
  "$anchor",
  "$comment",
  "$defs",
  "$dynamicAnchor",
  "$id",
  "$schema",
  "$vocabulary",
  "definitions",
  "description",
  "id",
  "nullable",
  "title",
  "type",
]);

/** The keywords that neither the rewritten schema nor its notes say yet. */
export function leftovers(
  keywords: Readonly<Record<string, unknown>>,
  used: ReadonlySet<string>,
): readonly (readonly [keyword: string, value: unknown])[] {
  return Object.entries(keywords).filter(
    ([keyword, value]) =>
      !silent.has(keyword) && !used.has(keyword) && value !== undefined && !isEmpty(keyword, value),
  );
}

/** Whether a keyword says nothing. That an object has no other properties is what Gemini assumes anyway. */
function isEmpty(keyword: string, value: unknown): boolean {
  if (keyword === "additionalProperties" || keyword === "unevaluatedProperties") {
    return typeof value === "boolean" || isEmptyObject(value);
  }
  if (keyword === "default" || keyword === "not") return false;
  return Array.isArray(value) ? value.length === 0 : isEmptyObject(value);
}

function isEmptyObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}
