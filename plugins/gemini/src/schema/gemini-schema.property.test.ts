import assert from "node:assert/strict";
import { test } from "node:test";
import { Ajv } from "ajv";
import * as fc from "fast-check";
import { lintedSchema } from "../fixtures/schema-lint.ts";
import { geminiSchema } from "./gemini-schema.ts";
import type { GeminiSchema } from "./schema-wire.ts";

interface Sample {
  readonly schema: Readonly<Record<string, unknown>> | boolean;
  /** Values of which many are ones that the schema takes. */
  readonly values: fc.Arbitrary<unknown>;
}

const name = fc.constantFrom("a", "b", "c", "$ref", "type", "properties");
const few = { maxLength: 3 };

const text = fc
  .record(
    {
      minLength: fc.nat(2),
      maxLength: fc.integer({ min: 2, max: 5 }),
      pattern: fc.constantFrom("^[a-z]*$", "^(?!x)"),
      format: fc.constantFrom("email", "date-time", "uri"),
    },
    { requiredKeys: [] },
  )
  .map((words): Sample => ({ schema: { type: "string", ...words }, values: fc.string(few) }));

const number = fc
  .record(
    {
      minimum: fc.integer({ min: -5, max: 0 }),
      maximum: fc.integer({ min: 0, max: 5 }),
      exclusiveMinimum: fc.constant(-3),
      multipleOf: fc.constantFrom(1, 0.5),
    },
    { requiredKeys: [] },
  )
  .chain((words) =>
    fc.constantFrom("integer", "number", ["number", "null"]).map((type): Sample => ({
      schema: { type, ...words },
      values: fc.oneof(fc.integer({ min: -6, max: 6 }), fc.constantFrom(0.5, null)),
    })),
  );

const listed = fc
  .array(fc.constantFrom("", "a", "b", 1, 2.5, true, null, [1], { a: 1 }), {
    minLength: 1,
    maxLength: 4,
  })
  .chain((values) =>
    fc.boolean().map((constant): Sample => ({
      schema: constant ? { const: values[0] } : { enum: [...new Set(values)] },
      values: fc.constantFrom(...values),
    })),
  );

const simple = fc.oneof(
  text,
  number,
  listed,
  fc.constantFrom<Sample>(
    { schema: true, values: fc.jsonValue({ maxDepth: 1 }) },
    { schema: {}, values: fc.jsonValue({ maxDepth: 1 }) },
    { schema: { type: "null" }, values: fc.constant(null) },
    { schema: { type: "boolean" }, values: fc.boolean() },
    { schema: { $ref: "#/$defs/Tree" }, values: tree() },
    { schema: { $ref: "#/$defs/Word", description: "d" }, values: fc.string(few) },
  ),
);

const definitions = {
  Tree: {
    type: "object",
    properties: {
      value: { type: "integer" },
      children: { type: "array", items: { $ref: "#/$defs/Tree" } },
    },
  },
  Word: { type: "string", minLength: 1 },
};

function tree(): fc.Arbitrary<unknown> {
  return fc.letrec((tie) => ({
    tree: fc.record(
      { value: fc.integer(), children: fc.array(tie("tree"), { maxLength: 2 }) },
      { requiredKeys: [] },
    ),
  })).tree;
}

function sample(depth: number): fc.Arbitrary<Sample> {
  if (depth === 0) return simple;
  const inner = sample(depth - 1);
  return fc.oneof(simple, lists(inner), objects(inner), choices(inner), both(depth));
}

function lists(inner: fc.Arbitrary<Sample>): fc.Arbitrary<Sample> {
  return fc.tuple(inner, fc.constantFrom("items", "prefixItems", "old")).map(([item, how]) => {
    const values = fc.array(item.values, { maxLength: 3 });
    if (how === "prefixItems") {
      return { schema: { type: "array", prefixItems: [item.schema], items: true }, values };
    }
    if (how === "old") return { schema: { type: "array", contains: item.schema }, values };
    return {
      schema: { type: "array", items: item.schema, minItems: 1, uniqueItems: true },
      values,
    };
  });
}

function objects(inner: fc.Arbitrary<Sample>): fc.Arbitrary<Sample> {
  return fc
    .record({
      properties: fc.dictionary(name, inner, { maxKeys: 3 }),
      required: fc.uniqueArray(name, { maxLength: 2 }),
      extra: fc.constantFrom(
        {},
        { additionalProperties: false },
        { additionalProperties: { type: "string" } },
        { patternProperties: { "^x": { type: "integer" } } },
        { propertyNames: { maxLength: 10 }, minProperties: 1 },
      ),
    })
    .map(({ properties, required, extra }): Sample => {
      const schemas = Object.entries(properties).map(([key, { schema }]) => [key, schema]);
      const values = Object.fromEntries(
        Object.entries(properties).map(([key, { values: each }]) => [key, each]),
      );
      const extras = fc.dictionary(name, fc.string(few), { maxKeys: 2 });
      return {
        schema: { type: "object", properties: Object.fromEntries(schemas), required, ...extra },
        values: fc
          .tuple(extras, fc.record(values, { requiredKeys: [] }))
          .map(([more, own]) => ({ ...more, ...own })),
      };
    });
}

function choices(inner: fc.Arbitrary<Sample>): fc.Arbitrary<Sample> {
  return fc
    .tuple(fc.array(inner, { minLength: 1, maxLength: 3 }), fc.constantFrom("anyOf", "oneOf"))
    .map(([branches, word]) => ({
      schema: { [word]: branches.map(({ schema }) => schema), title: "T", description: "D" },
      values: fc.oneof(...branches.map(({ values }) => values)),
    }));
}

function both(depth: number): fc.Arbitrary<Sample> {
  const inner = objects(sample(depth - 1));
  return fc.tuple(inner, inner, choices(inner)).map(([one, other, choice]) => ({
    schema: { allOf: [one.schema, choice.schema], ...asObject(other.schema) },
    values: fc.oneof(one.values, other.values, choice.values),
  }));
}

const asObject = (schema: Sample["schema"]) => (typeof schema === "object" ? schema : {});

/** A rewritten schema in JSON Schema again, to ask the same judge. */
function judged(schema: GeminiSchema): Readonly<Record<string, unknown>> {
  const {
    type,
    nullable,
    items,
    properties,
    anyOf,
    format: _,
    propertyOrdering: __,
    ...same
  } = schema;
  const own = {
    ...same,
    ...(type === undefined ? {} : { type: type.toLowerCase() }),
    ...(items === undefined ? {} : { items: judged(items) }),
    ...(anyOf === undefined ? {} : { anyOf: anyOf.map(judged) }),
    ...(properties === undefined
      ? {}
      : {
          properties: Object.fromEntries(
            Object.entries(properties).map(([key, value]) => [key, judged(value)]),
          ),
        }),
  };
  return nullable === true ? { anyOf: [own, { type: "null" }] } : own;
}

/** As JSON brings them: without the null prototypes of the generator. */
const plain = (values: readonly unknown[]) => JSON.parse(JSON.stringify(values)) as unknown[];

const judge = new Ajv({ strict: false, validateFormats: false, logger: false });

test("the rewritten schema takes what the schema takes, and the upstream takes it", () => {
  let taken = 0;
  fc.assert(
    fc.property(
      sample(2).chain(({ schema, values }) =>
        fc.tuple(fc.constant(schema), fc.array(values, { minLength: 4, maxLength: 4 })),
      ),
      ([schema, values]) => {
        const document = typeof schema === "object" ? { ...schema, $defs: definitions } : schema;
        const rewritten = geminiSchema(document, "p");
        assert.deepEqual(lintedSchema(rewritten), []);
        const before = judge.compile(document);
        const after = judge.compile(judged(rewritten));
        for (const value of plain(values)) {
          if (!before(value)) continue;
          taken += 1;
          assert.ok(after(value), JSON.stringify({ schema, rewritten, value }));
        }
      },
    ),
    { numRuns: 50 },
  );
  assert.ok(taken > 20, `only ${taken} values were any good`);
});
