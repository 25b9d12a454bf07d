/**
 * The promise: a tool of a hand-written server is offered to the model with what its schema means, whatever words it
 * uses. The shapes are those of real servers, the names are our own.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import type { JsonObject } from "agproxy";
import { at } from "./support/json-path.ts";
import { dialects, toolRequest } from "./support/tool-requests.ts";

function sent(parameters: JsonObject, dialect: keyof typeof dialects): unknown {
  const request = toolRequest(
    { name: "cook", description: "Cooks", parameters },
    dialects[dialect],
  );
  assert.equal(request.refusal, undefined, `${dialect}: ${JSON.stringify(parameters)}`);
  const field = dialect === "JSON Schema" ? "parametersJsonSchema" : "parameters";
  return at(request.declaration, field);
}

const property = (type: unknown, rest: object = {}): JsonObject => ({
  type: "object",
  properties: { dish: { type, ...rest } },
});

test("words for types that other languages have", () => {
  const cases: readonly (readonly [word: unknown, json: object, own: object])[] = [
    ["double", { type: "number", format: "double" }, { type: "NUMBER", format: "double" }],
    ["float", { type: "number", format: "float" }, { type: "NUMBER", format: "float" }],
    ["int", { type: "integer" }, { type: "INTEGER" }],
    ["int32", { type: "integer", format: "int32" }, { type: "INTEGER", format: "int32" }],
    ["int64", { type: "integer", format: "int64" }, { type: "INTEGER", format: "int64" }],
    ["long", { type: "integer", format: "int64" }, { type: "INTEGER", format: "int64" }],
    ["str", { type: "string" }, { type: "STRING" }],
    ["STRING", { type: "string" }, { type: "STRING" }],
    ["Boolean", { type: "boolean" }, { type: "BOOLEAN" }],
    ["bool", { type: "boolean" }, { type: "BOOLEAN" }],
    ["date", { type: "string", format: "date" }, { type: "STRING", description: 'format: "date"' }],
    ["datetime", { type: "string", format: "date-time" }, { type: "STRING", format: "date-time" }],
    ["<class 'str'>", { type: "string" }, { type: "STRING" }],
    [
      "<class 'datetime.datetime'>",
      { type: "string", format: "date-time" },
      { type: "STRING", format: "date-time" },
    ],
    ["typing.Optional[int]", { type: ["integer", "null"] }, { type: "INTEGER", nullable: true }],
    ["str | None", { type: ["string", "null"] }, { type: "STRING", nullable: true }],
    [
      "List[str]",
      { type: "array", items: { type: "string" } },
      { type: "ARRAY", items: { type: "STRING" } },
    ],
    [
      "string[]",
      { type: "array", items: { type: "string" } },
      { type: "ARRAY", items: { type: "STRING" } },
    ],
    [
      "typing.Literal['a', 'b']",
      { type: "string", enum: ["a", "b"] },
      { type: "STRING", enum: ["a", "b"] },
    ],
    [[null, "str | None"], { type: ["null", "string"] }, { type: "STRING", nullable: true }],
    [["str", null], { type: ["string", "null"] }, { type: "STRING", nullable: true }],
  ];
  for (const [word, json, own] of cases) {
    assert.deepEqual(
      at(sent(property(word), "JSON Schema"), "properties", "dish"),
      json,
      String(word),
    );
    assert.deepEqual(
      at(sent(property(word), "Gemini's own"), "properties", "dish"),
      own,
      String(word),
    );
  }
});

test("words for anything, for objects and for lists", () => {
  for (const word of [
    "any",
    "Any",
    "mixed",
    "dict",
    "list",
    "Dict[str, Any]",
    "tuple",
    null,
    "null",
  ]) {
    sent(property(word), "JSON Schema");
    sent(property(word), "Gemini's own");
  }
  assert.deepEqual(at(sent(property("any"), "JSON Schema"), "properties", "dish"), {});
  assert.deepEqual(at(sent(property("dict[str, int]"), "JSON Schema"), "properties", "dish"), {
    type: "object",
    additionalProperties: { type: "integer" },
  });
  const own = at(
    sent(property("Recipe", { description: "What" }), "JSON Schema"),
    "properties",
    "dish",
  );
  assert.deepEqual(own, { description: 'What\ntype: "Recipe"' });
});

test("a property that says of itself that it is required", () => {
  const schema = {
    type: "object",
    properties: {
      dish: { type: "string", required: true },
      salt: { type: "number", required: false },
      required: { type: "boolean" },
    },
    required: ["required"],
  };
  const json = sent(schema, "JSON Schema");
  assert.deepEqual(at(json, "required"), ["required", "dish"]);
  assert.deepEqual(at(json, "properties", "salt"), { type: "number" });
  assert.deepEqual(at(sent(schema, "Gemini's own"), "required"), ["required", "dish"]);
});

test("definitions under their older name, and a property that is named so", () => {
  const schema = {
    $schema: "http://json-schema.org/draft-07/schema#",
    $comment: "made by hand",
    type: "object",
    properties: {
      dish: { $ref: "#/definitions/Dish" },
      definitions: { type: "object", properties: { a: { type: "string" } } },
      same: { $ref: "#/properties/definitions/properties/a" },
    },
    definitions: { Dish: { type: "str", $comment: "x" } },
  };
  const json = sent(schema, "JSON Schema");
  assert.deepEqual(at(json, "$defs"), { Dish: { type: "string" } });
  assert.deepEqual(at(json, "properties", "dish"), { $ref: "#/$defs/Dish" });
  assert.deepEqual(at(json, "properties", "same"), {
    $ref: "#/properties/definitions/properties/a",
  });
  assert.doesNotMatch(JSON.stringify(json), /\$schema|\$comment/);
  assert.deepEqual(at(sent(schema, "Gemini's own"), "properties", "dish"), { type: "STRING" });
});

test("what the values of a list mean is told", () => {
  const schema = property("string", {
    enum: ["rare", "done"],
    enumDescriptions: ["red inside", "brown inside"],
    description: "How",
  });
  for (const dialect of ["JSON Schema", "Gemini's own"] as const) {
    assert.equal(
      at(sent(schema, dialect), "properties", "dish", "description"),
      'How\n"rare": red inside\n"done": brown inside',
    );
  }
});

test("a root that joins schemas, or names no type, is an object", () => {
  const a = { type: "object", properties: { a: { type: "string" } }, required: ["a"] };
  const b = { properties: { b: { type: "int" } }, required: ["b"] };
  const all = sent({ allOf: [a, b] }, "JSON Schema");
  assert.deepEqual(all, {
    type: "object",
    properties: { a: { type: "string" }, b: { type: "integer" } },
    required: ["a", "b"],
  });
  const any = sent({ anyOf: [a, b], description: "Either" }, "JSON Schema");
  assert.deepEqual(at(any, "properties"), { a: { type: "string" }, b: { type: "integer" } });
  assert.equal(at(any, "type"), "object");
  assert.match(String(at(any, "description")), /^Either\nanyOf: \[/);
  assert.equal(at(sent({ properties: { a: {} } }, "JSON Schema"), "type"), "object");
  const referred = { $ref: "#/definitions/A", definitions: { A: a } };
  assert.deepEqual(at(sent(referred, "JSON Schema"), "properties"), a.properties);
  for (const schema of [{ allOf: [a, b] }, { anyOf: [a, b] }, { oneOf: [a, b] }, referred, b]) {
    assert.equal(at(sent(schema, "Gemini's own"), "type"), "OBJECT");
    assert.equal(at(sent(schema, "JSON Schema"), "type"), "object");
  }
});

test("allOf below the root is joined, and a schema that leads back to itself stays finite", () => {
  const schema = {
    type: "object",
    properties: {
      dish: { allOf: [{ $ref: "#/$defs/Dish" }], description: "D", default: null },
      both: { allOf: [{ $ref: "#/$defs/Dish" }, { $ref: "#/$defs/Hot" }, { minProperties: 1 }] },
    },
    $defs: {
      Hot: { type: "object", properties: { degrees: { type: "float" } } },
      Dish: {
        type: "object",
        properties: { side: { allOf: [{ $ref: "#/$defs/Dish" }, { $ref: "#/$defs/Hot" }] } },
      },
    },
  };
  const json = sent(schema, "JSON Schema");
  assert.doesNotMatch(JSON.stringify(json), /allOf/);
  assert.deepEqual(at(json, "properties", "dish"), {
    description: "D",
    default: null,
    anyOf: [{ $ref: "#/$defs/Dish" }],
  });
  assert.deepEqual(at(json, "properties", "both", "properties", "degrees"), {
    type: "number",
    format: "float",
  });
  sent(schema, "Gemini's own");
});

const typeWords = ["string", "double", "STRING", "List[int]", "<class 'str'>", "str | None"];
const otherWords = [
  "any",
  "Recipe",
  "null",
  "object",
  "array",
  "Optional[",
  "List[",
  "]",
  "A,b",
  "",
];
const word = fc.constantFrom(...typeWords, ...otherWords);
const names = ["a", "required", "definitions", "type", "$ref"];

/** Schemas of every word that the tests above have, sensible or not. */
const { strange } = fc.letrec<{ strange: unknown }>((tie) => {
  const inner = tie("strange");
  const several = fc.array(inner, { maxLength: 3 });
  const map = (...keys: readonly string[]) =>
    fc.dictionary(fc.constantFrom(...keys), inner, { maxKeys: 3 });
  const types = fc.array(fc.oneof(word, fc.constant(null)), { maxLength: 3 });
  return {
    strange: fc.oneof(
      { maxDepth: 3 },
      fc.boolean(),
      fc.record(
        {
          type: fc.oneof(word, types, fc.constant(null), inner),
          properties: fc.oneof(map(...names), fc.constant(null)),
          required: fc.oneof(fc.boolean(), fc.constantFrom("a", ["a", "b"], [1])),
          items: fc.oneof(inner, several),
          allOf: fc.oneof(several, fc.constant("x")),
          anyOf: several,
          oneOf: several,
          definitions: map("A", "B"),
          $defs: map("A", "B"),
          $ref: fc.constantFrom("#/definitions/A", "#/$defs/B", "#", "#/properties/a", "x"),
          enum: fc.constantFrom(null, ["", "a"], [1, null]),
          enumDescriptions: fc.constantFrom(null, ["first", "second"]),
          nullable: fc.boolean(),
          additionalProperties: inner,
        },
        { requiredKeys: [] },
      ),
    ),
  };
});

test("no property is refused or costs the request, whatever its schema is made of", () => {
  const properties = fc.dictionary(fc.constantFrom("dish", ...names), strange, { maxKeys: 3 });
  fc.assert(
    fc.property(properties, (made) => {
      const schema = { type: "object", properties: made };
      sent(schema, "JSON Schema");
      sent(schema, "Gemini's own");
    }),
    { numRuns: 500 },
  );
});
