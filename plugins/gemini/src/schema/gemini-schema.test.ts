import assert from "node:assert/strict";
import { test } from "node:test";
import { argumentsSchema, geminiSchema } from "./gemini-schema.ts";

const rewrite = (schema: unknown) => geminiSchema(schema, "tools[0]");
const text = { type: "STRING" };

test("types, limits and words stay what they are", () => {
  const schema = {
    $schema: "http://json-schema.org/draft-07/schema#",
    type: "object",
    title: "T",
    description: "D",
    properties: {
      s: { type: "string", minLength: 1, maxLength: 9, pattern: "^a+$" },
      n: { type: "number", minimum: 0, maximum: 1.5 },
      l: { type: "array", items: { type: "boolean" }, minItems: 1, maxItems: 3 },
      d: { type: "string", format: "date-time" },
    },
    required: ["s"],
    additionalProperties: false,
  };
  assert.deepEqual(rewrite(schema), {
    type: "OBJECT",
    title: "T",
    description: "D",
    properties: {
      s: { type: "STRING", minLength: 1, maxLength: 9, pattern: "^a+$" },
      n: { type: "NUMBER", minimum: 0, maximum: 1.5 },
      l: { type: "ARRAY", items: { type: "BOOLEAN" }, minItems: 1, maxItems: 3 },
      d: { type: "STRING", format: "date-time" },
    },
    required: ["s"],
  });
});

test("constants and lists of values", () => {
  assert.deepEqual(rewrite({ const: "a" }), { type: "STRING", enum: ["a"] });
  assert.deepEqual(rewrite({ type: "string", enum: ["a", "b", "a"] }), {
    type: "STRING",
    enum: ["a", "b"],
  });
  assert.deepEqual(rewrite({ enum: ["a", null] }), { type: "STRING", enum: ["a"], nullable: true });
  assert.deepEqual(rewrite({ type: "integer", enum: [1, 2] }), {
    type: "INTEGER",
    description: "One of: 1, 2",
  });
  assert.deepEqual(rewrite({ enum: ["", "a"] }), {
    type: "STRING",
    description: 'One of: "", "a"',
  });
  assert.deepEqual(rewrite({ enum: ["a", 1.5, true] }), {
    anyOf: [
      { type: "STRING", enum: ["a"], description: "One of: 1.5\nOne of: true" },
      { type: "NUMBER" },
      { type: "BOOLEAN" },
    ],
  });
});

test("null is a flag, and a type where nothing else is", () => {
  assert.deepEqual(rewrite({ type: ["string", "null"] }), { type: "STRING", nullable: true });
  assert.deepEqual(rewrite({ anyOf: [{ type: "string" }, { type: "null" }] }), {
    type: "STRING",
    nullable: true,
  });
  assert.deepEqual(rewrite({ type: "null" }), { type: "NULL" });
});

test("several types are a choice, with nothing beside it", () => {
  assert.deepEqual(rewrite({ type: ["string", "integer"], description: "D" }), {
    anyOf: [{ type: "STRING", description: "D" }, { type: "INTEGER" }],
  });
});

test("what has no word is told in the description", () => {
  assert.deepEqual(
    rewrite({
      type: "string",
      description: "D",
      format: "email",
      default: "x",
      pattern: "^(?!b)",
      not: { const: "c" },
    }),
    {
      type: "STRING",
      description: 'D\nformat: "email"\ndefault: "x"\npattern: "^(?!b)"\nnot: {"const":"c"}',
    },
  );
  assert.deepEqual(rewrite({ type: "number", exclusiveMinimum: 0, multipleOf: 2 }), {
    type: "NUMBER",
    description: "exclusiveMinimum: 0\nmultipleOf: 2",
  });
});

test("references are written out, words beside them kept, and cycles cut", () => {
  const schema = {
    type: "object",
    properties: { a: { $ref: "#/$defs/Node", description: "The first." } },
    $defs: {
      Node: {
        type: "object",
        properties: { next: { $ref: "#/$defs/Node" }, v: { $ref: "#/definitions/a~1b" } },
      },
    },
    definitions: { "a/b": { type: "string" } },
  };
  assert.deepEqual(rewrite(schema).properties?.a, {
    type: "OBJECT",
    description: "The first.",
    properties: {
      next: {
        type: "OBJECT",
        properties: rewrite({ type: "object" }).properties,
        description: "Of the same form as the Node that contains it.",
      },
      v: text,
    },
  });
  const endless = rewrite({ $ref: "#" });
  assert.match(JSON.stringify(endless), /same form as the schema that contains it/);
  assert.match(JSON.stringify(rewrite({ $ref: "https://x.example/s.json" })), /x\.example/);
});

test("what all must hold is one schema", () => {
  const schema = {
    allOf: [
      { type: "object", properties: { a: { type: "number", minimum: 1 } }, required: ["a"] },
      {
        properties: { a: { type: "integer", minimum: 2 }, b: { type: "string" } },
        required: ["b"],
      },
    ],
  };
  assert.deepEqual(rewrite(schema), {
    type: "OBJECT",
    properties: { a: { type: "INTEGER", minimum: 2 }, b: text },
    required: ["a", "b"],
  });
});

test("a choice keeps its alternatives, each with what they share", () => {
  const schema = {
    type: "object",
    description: "D",
    properties: { kind: { type: "string" } },
    oneOf: [
      { properties: { kind: { const: "a" } }, required: ["kind"] },
      { properties: { kind: { const: "b" } } },
    ],
  };
  assert.deepEqual(rewrite(schema), {
    anyOf: [
      {
        type: "OBJECT",
        description: "D\nExactly one of the alternatives applies.",
        properties: { kind: { type: "STRING", enum: ["a"] } },
        required: ["kind"],
      },
      { type: "OBJECT", properties: { kind: { type: "STRING", enum: ["b"] } } },
    ],
  });
  const constraints = rewrite({
    type: "object",
    properties: { a: { type: "string" } },
    anyOf: [{ required: ["a"] }, { required: ["b"] }],
  });
  assert.deepEqual(constraints, {
    type: "OBJECT",
    properties: { a: text },
    description: 'One of these must hold: [{"required":["a"]},{"required":["b"]}]',
  });
});

test("objects without properties, and properties that only `required` names", () => {
  const map = rewrite({ type: "object", additionalProperties: { type: "integer" } });
  assert.deepEqual(Object.keys(map.properties ?? {}), ["_"]);
  assert.equal(map.description, 'additionalProperties: {"type":"integer"}');
  const made = rewrite({ type: "object", properties: { a: {} }, required: ["a", "b"] });
  assert.deepEqual(Object.keys(made.properties ?? {}), ["a", "b"]);
  assert.deepEqual(made.required, ["a", "b"]);
});

test("lists in order, lists of anything, and schemas that are true or false", () => {
  const tuple = rewrite({ type: "array", prefixItems: [{ type: "string" }], items: false });
  assert.deepEqual(tuple, {
    type: "ARRAY",
    items: text,
    description: 'Items in this order: [{"type":"STRING"}]\nNo more than 1 items.',
  });
  assert.ok(rewrite({ type: "array" }).items?.anyOf);
  assert.ok(rewrite(true).anyOf);
  const object = rewrite({ type: "object", properties: { a: true, b: false }, required: ["a"] });
  assert.deepEqual(Object.keys(object.properties ?? {}), ["a"]);
  assert.equal(object.description, 'Without the properties: ["b"]');
});

test("a keyword of the client's own is told too, whatever its name", () => {
  assert.deepEqual(rewrite({ type: "string", notes: "abc", encrypted: true }), {
    type: "STRING",
    description: 'notes: "abc"\nencrypted: true',
  });
});

const rewriteArguments = (schema: Record<string, unknown>) => argumentsSchema(schema, "p");

test("arguments are one object, or none at all", () => {
  assert.equal(rewriteArguments({}), undefined);
  assert.equal(rewriteArguments({ type: "object", properties: {} }), undefined);
  assert.equal(rewriteArguments({ type: "object", additionalProperties: false }), undefined);
  const choice = rewriteArguments({
    anyOf: [
      { type: "object", properties: { a: { type: "string" } } },
      { type: "object", properties: { a: { type: "integer" }, b: { type: "string" } } },
    ],
  });
  assert.equal(choice?.type, "OBJECT");
  assert.deepEqual(choice.properties, { a: { anyOf: [text, { type: "INTEGER" }] }, b: text });
  assert.match(choice.description ?? "", /^anyOf: \[/);
});

test("properties that are only required count as others do: each becomes a schema", () => {
  const required = Array.from({ length: 20_001 }, (_, index) => `p${index}`);
  assert.throws(() => rewriteArguments({ type: "object", required }), {
    code: "invalid_request",
    message: "The JSON Schema at p has more than 20000 nodes.",
  });
});

test("a schema beyond all limits is refused, with the field that holds it", () => {
  let deep: unknown = { type: "string" };
  for (let n = 0; n < 50_000; n += 1) deep = { type: "array", items: deep };
  const refusal = { code: "invalid_request", status: 400, param: "tools[0]" };
  assert.throws(() => rewrite(deep), refusal);
  const names = Array.from({ length: 12 }, (_, index) => `#/$defs/d${index}`);
  const properties = Object.fromEntries(names.map((name, index) => [`p${index}`, { $ref: name }]));
  const $defs = Object.fromEntries(
    names.map((_, index) => [`d${index}`, { type: "object", properties }]),
  );
  assert.throws(() => rewrite({ $ref: "#/$defs/d0", $defs }), refusal);
});
