import { isObject } from "agproxy";
import { at, type Json } from "./description.ts";

/**
 * A choice between schemas. `oneOf` and `anyOf` become one of these: with the tag of the branches known, a
 * wrong value gets the errors of the branch that was meant instead of those of all fifty.
 */
export interface Union {
  readonly branches: readonly Branch[];
  /** The property that tells the branches apart. */
  readonly tag: string;
  /** Whether the description says so; then a value without a known tag is wrong. */
  readonly declared: boolean;
}

export interface Branch {
  readonly schema: unknown;
  /** Values of the tag; `undefined` where the branch has none. */
  readonly values?: readonly unknown[];
}

/** The branches' own values of `tag`, read from the description as it was written. */
export function tagValues(
  spec: Json,
  schema: unknown,
  tag: string,
): readonly unknown[] | undefined {
  if (!isObject(schema)) return undefined;
  if (typeof schema["$ref"] === "string") return tagValues(spec, at(spec, schema["$ref"]), tag);
  const properties = schema["properties"];
  const property = isObject(properties) ? properties[tag] : undefined;
  const own = isObject(property) ? constants(spec, property) : undefined;
  if (own !== undefined) return own;
  for (const part of list(schema["allOf"])) {
    const values = tagValues(spec, part, tag);
    if (values !== undefined) return values;
  }
  const inner = [...list(schema["oneOf"]), ...list(schema["anyOf"])];
  if (inner.length === 0) return undefined;
  const values = inner.map((branch) => tagValues(spec, branch, tag));
  return values.includes(undefined) ? undefined : values.flatMap((found) => found ?? []);
}

function constants(spec: Json, property: Json): readonly unknown[] | undefined {
  if (typeof property["$ref"] === "string") {
    const target = at(spec, property["$ref"]);
    return isObject(target) ? constants(spec, target) : undefined;
  }
  if ("const" in property) return [property["const"]];
  return Array.isArray(property["enum"]) ? property["enum"] : undefined;
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
