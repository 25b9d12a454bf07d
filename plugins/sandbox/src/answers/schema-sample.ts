import { isObject, type JsonObject } from "@agproxy/core";
import { stringSample } from "./string-sample.ts";

interface Place {
  readonly root: unknown;
  readonly prompt: string;
  /** Of the property that the value is for. */
  readonly name: string;
  readonly depth: number;
}

/** A recursive schema is followed to this depth; below it, optional fields are left out. */
const maxDepth = 6;

/**
 * A value that is valid for a JSON Schema or one of the API's own Schemas (types in capitals). The same
 * schema and prompt give the same value. Strings are taken from the prompt where it plainly names one.
 */
export function schemaSample(schema: unknown, prompt: string): unknown {
  return sample(schema, { root: schema, prompt, name: "", depth: 0 });
}

function sample(schema: unknown, place: Place): unknown {
  if (!isObject(schema) || place.depth > 4 * maxDepth) return null;
  if (schema.const !== undefined) return schema.const;
  if (Array.isArray(schema.enum) && schema.enum.length > 0) return schema.enum[0];
  const inner = { ...place, depth: place.depth + 1 };
  if (typeof schema.$ref === "string") return sample(resolve(schema.$ref, place.root), inner);
  const branches = branchesOf(schema);
  if (branches.length > 0) {
    const { anyOf: _any, oneOf: _one, ...own } = schema;
    return sample(merge(own, pick(branches, place.depth)), inner);
  }
  if (Array.isArray(schema.allOf)) {
    const { allOf, ...own } = schema;
    const parts: readonly unknown[] = allOf;
    return sample(parts.map((part) => deref(part, place.root)).reduce(merge, own), inner);
  }
  return sampleType(schema, inner);
}

function sampleType(schema: JsonObject, place: Place): unknown {
  switch (typeOf(schema)) {
    case "object":
      return sampleObject(schema, place);
    case "array":
      return sampleArray(schema, place);
    case "string":
      return stringSample(schema, place.name, place.prompt);
    case "integer":
    case "number":
      return sampleNumber(schema);
    case "boolean":
      return true;
    default:
      return null;
  }
}

function typeOf(schema: JsonObject): string | undefined {
  const types: readonly unknown[] = Array.isArray(schema.type) ? schema.type : [schema.type];
  const named = types.filter((type) => typeof type === "string").map((type) => type.toLowerCase());
  const type = named.find((name) => name !== "null") ?? named[0];
  if (type !== undefined) return type;
  if (isObject(schema.properties)) return "object";
  if (schema.items !== undefined) return "array";
  return "string";
}

/** The required fields; all of them where the schema requires none. */
function sampleObject(schema: JsonObject, place: Place): JsonObject {
  const properties = isObject(schema.properties) ? schema.properties : {};
  const required = strings(schema.required);
  const optional = place.depth > maxDepth ? [] : Object.keys(properties);
  const wanted = required.length > 0 ? required : optional;
  const ordering = strings(schema.propertyOrdering);
  const ordered = [...ordering, ...Object.keys(properties), ...required];
  const names = [...new Set(ordered)].filter((name) => wanted.includes(name));
  for (let i = 1; names.length < Number(schema.minProperties ?? 0); i += 1) {
    const unused = Object.keys(properties).find((name) => !names.includes(name));
    names.push(unused ?? `field_${i}`);
  }
  return Object.fromEntries(
    names.map((name) => [name, sample(properties[name] ?? {}, { ...place, name })]),
  );
}

function sampleArray(schema: JsonObject, place: Place): readonly unknown[] {
  const fixed: readonly unknown[] = Array.isArray(schema.prefixItems) ? schema.prefixItems : [];
  const min = Number(schema.minItems ?? (place.depth > maxDepth || schema.items === false ? 0 : 1));
  const length = Math.min(Math.max(min, fixed.length), Number(schema.maxItems ?? 1000));
  return Array.from({ length }, (_, i) => {
    const value = sample(fixed[i] ?? schema.items ?? {}, place);
    if (schema.uniqueItems !== true || i === 0) return value;
    return typeof value === "number"
      ? value + i
      : typeof value === "string"
        ? `${value}-${i}`
        : value;
  });
}

function sampleNumber(schema: JsonObject): number {
  const step = Number(schema.multipleOf ?? 1);
  const above = schema.exclusiveMinimum === undefined ? undefined : Number(schema.exclusiveMinimum);
  const min = schema.minimum === undefined ? above : Number(schema.minimum);
  const below = schema.exclusiveMaximum === undefined ? undefined : Number(schema.exclusiveMaximum);
  const max = schema.maximum === undefined ? below : Number(schema.maximum);
  let value = Math.ceil((min ?? Math.min(1, max ?? 1)) / step) * step;
  if (above !== undefined && value <= above) value += step;
  if (below !== undefined && value >= below) value -= step;
  const isWhole = typeOf(schema) === "integer" || max === undefined;
  return !isWhole && value > max && min !== undefined ? (min + max) / 2 : value;
}

function branchesOf(schema: JsonObject): readonly unknown[] {
  const branches: unknown = schema.anyOf ?? schema.oneOf;
  return Array.isArray(branches) ? branches : [];
}

/** The first branch that is not null; deep inside, null where it is allowed. */
function pick(branches: readonly unknown[], depth: number): unknown {
  if (depth > maxDepth) return branches.find(isNull) ?? branches.find(isPlain) ?? branches[0];
  return branches.find((branch) => !isNull(branch)) ?? branches[0];
}

function isNull(branch: unknown): boolean {
  return isObject(branch) && typeOf(branch) === "null";
}

function isPlain(branch: unknown): boolean {
  return isObject(branch) && branch.$ref === undefined;
}

function merge(a: JsonObject, b: unknown): JsonObject {
  if (!isObject(b)) return a;
  const properties = { ...objectOr(a.properties), ...objectOr(b.properties) };
  const required = [...strings(a.required), ...strings(b.required)];
  const both = { ...a, ...b };
  if (Object.keys(properties).length === 0) return both;
  return { ...both, properties, required };
}

function objectOr(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

function strings(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}

function deref(schema: unknown, root: unknown): unknown {
  return isObject(schema) && typeof schema.$ref === "string" ? resolve(schema.$ref, root) : schema;
}

/** `#/$defs/Name`, `#`, and so on. */
function resolve(ref: string, root: unknown): unknown {
  const keys = ref.replace(/^#\/?/, "").split("/").filter(Boolean);
  return keys
    .map((key) => decodeURIComponent(key).replaceAll("~1", "/").replaceAll("~0", "~"))
    .reduce((at: unknown, key) => (isObject(at) ? at[key] : undefined), root);
}
