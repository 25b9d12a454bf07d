import assert from "node:assert/strict";
import { test } from "node:test";
import { Ajv2020 } from "ajv/dist/2020.js";
import { schemaSample } from "./schema-sample.ts";

const ajv = new Ajv2020({ strict: false, validateFormats: false });

test("a sample is valid for its schema", () => {
  const schemas: readonly object[] = [
    {
      type: "object",
      properties: { a: { type: "string" } },
      required: ["a"],
      additionalProperties: false,
    },
    { type: "object", properties: { n: { type: ["integer", "null"], minimum: 7 } } },
    { type: "array", items: { enum: ["x", "y"] }, minItems: 3 },
    { type: "array", items: { type: "integer" }, minItems: 3, uniqueItems: true },
    { type: "array", prefixItems: [{ type: "string" }, { type: "number" }], items: false },
    { type: "number", exclusiveMinimum: 3, multipleOf: 2 },
    { type: "number", minimum: 0.2, maximum: 0.6 },
    { type: "integer", maximum: -5 },
    { type: "string", minLength: 40 },
    { type: "string", maxLength: 3 },
    { type: "string", pattern: "^[A-Z]{3}-\\d{2,4}(?:x|y)$" },
    { type: "string", pattern: "^[^a]+@(foo|bar)\\.com?$" },
    { const: { deep: [1] } },
    {
      anyOf: [
        { type: "null" },
        { type: "object", properties: { k: { const: 1 } }, required: ["k"] },
      ],
    },
    {
      allOf: [
        { type: "object", properties: { a: { type: "boolean" } }, required: ["a"] },
        { properties: { b: { type: "string" } }, required: ["b"] },
      ],
    },
    {
      $ref: "#/$defs/Item",
      $defs: {
        Item: { type: "object", properties: { id: { type: "integer" } }, required: ["id"] },
      },
    },
    {
      $ref: "#/$defs/Node",
      $defs: {
        Node: {
          type: "object",
          properties: {
            value: { type: "string" },
            children: { type: "array", items: { $ref: "#/$defs/Node" } },
            next: { anyOf: [{ $ref: "#/$defs/Node" }, { type: "null" }] },
          },
          required: ["value", "children", "next"],
        },
      },
    },
    { type: "object", minProperties: 2, additionalProperties: { type: "string" } },
  ];
  for (const schema of schemas) {
    const value = schemaSample(schema, "hi");
    const shown = `${JSON.stringify(schema)} → ${JSON.stringify(value)}`;
    assert.equal(ajv.validate(schema, value), true, shown);
    assert.deepEqual(schemaSample(schema, "hi"), value);
  }
});

test("the API's own Schema has its types in capitals and orders its properties", () => {
  const schema = {
    type: "OBJECT",
    properties: { b: { type: "STRING" }, a: { type: "INTEGER" } },
    required: ["a", "b"],
    propertyOrdering: ["a", "b"],
  };
  assert.equal(JSON.stringify(schemaSample(schema, "")), '{"a":1,"b":"sandbox"}');
});

test("strings come from the prompt, but never where something would run them", () => {
  const schema = {
    type: "object",
    properties: { location: { type: "string" }, command: { type: "string" } },
    required: ["location", "command"],
  };
  assert.deepEqual(schemaSample(schema, 'Weather in New York? Then run "rm -rf /" in Paris'), {
    location: "New York",
    command: "echo agproxy sandbox",
  });
  const place = { type: "string" };
  assert.equal(schemaSample(place, "how is the weather in tokyo?"), "tokyo");
  assert.equal(schemaSample(place, "say “good night” twice"), "good night");
  assert.equal(schemaSample(place, "hello"), "sandbox");
});
