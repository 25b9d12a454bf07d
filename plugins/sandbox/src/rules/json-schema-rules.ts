import { type Fault, vague } from "../server/fault.ts";
import { isObject, type JsonObject } from "@agproxy/core";

interface Terms {
  /** What is said of a schema that is nested too deeply. */
  readonly tooDeep: string;
  /** Whether the schema is for an answer: the API checks these more strictly than the parameters of functions. */
  readonly isStrict: boolean;
}

/** Deeper than any schema that a person wrote. */
const maxDepth = 32;

/**
 * What the API refuses of a JSON Schema. Much less than of its own Schema: keywords that it does not know
 * are ignored, but every reference must lead somewhere.
 *
 * Source: https://ai.google.dev/api/generate-content#generationconfig
 */
export function jsonSchemaFaults(root: JsonObject, { tooDeep, isStrict }: Terms): Fault[] {
  const nodes = [...subschemas(root, "", 0)];
  if (nodes.some((node) => node.depth > maxDepth)) return [tooDeep];
  const faults = nodes.flatMap(({ schema, path }): Fault[] => {
    const words = wordFaults(schema, path);
    if (words.length > 0 || typeof schema.$ref !== "string") return words;
    if (resolved(schema.$ref, root) === undefined) {
      return [`reference to undefined schema at ${path || "top-level"}`];
    }
    return isStrict && hasSiblings(schema) ? [alongside(schema.$ref)] : [];
  });
  if (faults.length > 0 || !isStrict || !mustRepeat(root, root, new Set())) return faults;
  return [vague("a schema refers to itself through required properties")];
}

const types = ["array", "boolean", "integer", "null", "number", "object", "string"];

/** Keywords with a value that they cannot have. */
function wordFaults({ type, required }: JsonObject, path: string): Fault[] {
  const at = path || "top-level";
  const faults: Fault[] = [];
  const names: readonly unknown[] = type === undefined ? [] : [type].flat();
  for (const name of names) {
    if (!types.some((known) => known === name)) {
      faults.push(vague(`the type ${JSON.stringify(name)} at ${at} is none of JSON Schema's`));
    }
  }
  if (required !== undefined && !isListOfNames(required)) {
    faults.push(vague(`required at ${at} is no list of names`));
  }
  return faults;
}

function isListOfNames(value: unknown): boolean {
  return Array.isArray(value) && value.every((name) => typeof name === "string");
}

interface Node {
  readonly schema: JsonObject;
  /** As the API says it: `properties.a.anyOf.1`. */
  readonly path: string;
  readonly depth: number;
}

const maps = ["properties", "$defs", "definitions", "patternProperties"];
const lists = ["anyOf", "oneOf", "allOf", "prefixItems"];
const singles = ["items", "additionalProperties", "not"];

function* subschemas(schema: JsonObject, path: string, depth: number): Generator<Node> {
  yield { schema, path, depth };
  if (depth > maxDepth) return;
  for (const [name, value] of children(schema)) {
    yield* subschemas(value, path === "" ? name : `${path}.${name}`, depth + 1);
  }
}

function* children(schema: JsonObject): Generator<readonly [string, JsonObject]> {
  for (const keyword of singles) {
    const value = schema[keyword];
    if (isObject(value)) yield [keyword, value];
  }
  for (const keyword of [...maps, ...lists]) {
    const inner = schema[keyword];
    const entries = maps.includes(keyword) === Array.isArray(inner) ? {} : (inner ?? {});
    for (const [name, value] of Object.entries(entries)) {
      if (isObject(value)) yield [`${keyword}.${name}`, value];
    }
  }
}

/** `#/$defs/Name` or `#`; undefined where it leads nowhere. The API does not know `definitions`, the older name. */
function resolved(ref: string, root: JsonObject): JsonObject | undefined {
  if (!ref.startsWith("#") || ref.startsWith("#/definitions/")) return undefined;
  const keys = ref.slice(1).split("/").filter(Boolean);
  const found = keys
    .map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"))
    .reduce(
      (at: unknown, key) => (isObject(at) && Object.hasOwn(at, key) ? at[key] : undefined),
      root,
    );
  return isObject(found) ? found : undefined;
}

function hasSiblings(schema: JsonObject): boolean {
  return Object.keys(schema).some(
    (key) => !key.startsWith("$") && key !== "description" && key !== "default",
  );
}

function alongside(ref: string): string {
  const name = ref.slice(ref.lastIndexOf("/") + 1);
  return `Schema.ref '${name}' was set alongside unsupported fields. If a schema node has Schema.ref set, then only description and default can be set alongside it; other fields they would be replaced by the expanded reference.`;
}

/** Whether no finite value fits: a required property leads back to the schema it belongs to. */
function mustRepeat(schema: JsonObject, root: JsonObject, on: ReadonlySet<JsonObject>): boolean {
  if (on.has(schema)) return true;
  const path = new Set([...on, schema]);
  if (typeof schema.$ref === "string") {
    const target = resolved(schema.$ref, root);
    return target !== undefined && mustRepeat(target, root, path);
  }
  const properties = isObject(schema.properties) ? schema.properties : {};
  const required: readonly unknown[] = Array.isArray(schema.required) ? schema.required : [];
  return required.some((name) => {
    const value = properties[String(name)];
    return isObject(value) && mustRepeat(value, root, path);
  });
}
