import type { JsonObject } from "@agproxy/core";

/** The types that JSON Schema has. */
export const jsonTypes: ReadonlySet<unknown> = new Set([
  "array",
  "boolean",
  "integer",
  "null",
  "number",
  "object",
  "string",
]);

/** Words that tool servers write for types: those of programming languages, databases and formats. */
const words: Readonly<Record<string, JsonObject>> = {
  ...all({ type: "string" }, "string str text char varchar bytes binary file path password"),
  ...all({ type: "string", format: "date" }, "date"),
  ...all({ type: "string", format: "date-time" }, "datetime date-time timestamp"),
  ...all({ type: "string", format: "time" }, "time"),
  ...all({ type: "string", format: "uuid" }, "uuid guid"),
  ...all({ type: "string", format: "uri" }, "uri url"),
  ...all({ type: "string", format: "email" }, "email"),
  ...all({ type: "number" }, "number num numeric decimal real"),
  ...all({ type: "number", format: "float" }, "float float32"),
  ...all({ type: "number", format: "double" }, "double float64"),
  ...all({ type: "integer" }, "integer int int8 int16 short byte uint uint8 uint16 uint32 bigint"),
  ...all({ type: "integer", format: "int32" }, "int32"),
  ...all({ type: "integer", format: "int64" }, "int64 long uint64"),
  ...all({ type: "boolean" }, "boolean bool"),
  ...all({ type: "object" }, "object dict dictionary map mapping record struct hash"),
  ...all({ type: "array" }, "array list tuple set frozenset sequence iterable collection"),
  ...all({ type: "null" }, "null none nonetype nil void undefined"),
  ...all({}, "any mixed unknown json * all"),
};

function all(schema: JsonObject, names: string): Readonly<Record<string, JsonObject>> {
  return Object.fromEntries(names.split(" ").map((name) => [name, schema]));
}

/** Longer words are no types. The limit also bounds how deep one can nest. */
const maxWordLength = 200;

/**
 * The schema that a word for a type means, such as `double`, `STRING`, `<class 'str'>` or `List[int]`. Undefined where
 * nobody can know.
 */
export function schemaOfWord(written: string): JsonObject | undefined {
  if (written.length > maxWordLength) return undefined;
  const python = /^<(?:class|enum) '(.+)'>$/.exec(written.trim());
  const word = (python?.[1] ?? written).trim();
  const alternatives = split(word, "|");
  if (alternatives.length > 1) return eitherOf(alternatives);
  if (word.endsWith("?")) return eitherOf([word.slice(0, -1), "null"]);
  if (word.endsWith("[]")) return listOf(word.slice(0, -2));
  const [, outer = word, inner] = /^([\w.]+)[[<](.+)[\]>]$/s.exec(word) ?? [];
  const name = outer.slice(outer.lastIndexOf(".") + 1).toLowerCase();
  if (inner !== undefined) return generic(name, split(inner, ","));
  return Object.hasOwn(words, name) ? words[name] : undefined;
}

function generic(name: string, inner: readonly string[]): JsonObject | undefined {
  if (name === "optional") return eitherOf([...inner, "null"]);
  if (name === "union") return eitherOf(inner);
  if (name === "literal") return literals(inner);
  if (name === "annotated") return schemaOfWord(inner[0] ?? "");
  const outer = Object.hasOwn(words, name) ? words[name] : undefined;
  if (outer?.type === "array") return listOf(inner.length === 1 ? (inner[0] ?? "") : "any");
  if (outer?.type !== "object") return outer;
  const values = schemaOfWord(inner[1] ?? "");
  return values === undefined || Object.keys(values).length === 0
    ? outer
    : { ...outer, additionalProperties: values };
}

function listOf(item: string): JsonObject {
  const items = schemaOfWord(item);
  const isKnown = items !== undefined && Object.keys(items).length > 0;
  return isKnown ? { type: "array", items } : { type: "array" };
}

function literals(values: readonly string[]): JsonObject {
  const texts = values.map((value) => /^(["'])(.*)\1$/s.exec(value)?.[2]);
  const isText = texts.every((text) => text !== undefined);
  return isText ? { type: "string", enum: texts } : {};
}

function eitherOf(alternatives: readonly string[]): JsonObject | undefined {
  const schemas = alternatives.map(schemaOfWord);
  return schemas.every((schema) => schema !== undefined) ? choiceOf(schemas) : undefined;
}

/** One schema for several; a list of types where they say no more. */
export function choiceOf(schemas: readonly JsonObject[]): JsonObject {
  const [only, ...others] = schemas;
  if (only !== undefined && others.length === 0) return only;
  if (schemas.some((schema) => Object.keys(schema).length === 0)) return {};
  const isPlain = schemas.every((schema) => Object.keys(schema).join() === "type");
  return isPlain ? { type: [...new Set(schemas.flatMap(({ type }) => type))] } : { anyOf: schemas };
}

/** The parts between separators that stand in no bracket. */
function split(text: string, separator: string): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  let part = "";
  for (const character of text) {
    if ("[<(".includes(character)) depth += 1;
    if ("]>)".includes(character)) depth -= 1;
    if (character === separator && depth === 0) {
      parts.push(part.trim());
      part = "";
    } else part += character;
  }
  return [...parts, part.trim()];
}
