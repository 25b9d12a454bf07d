import assert from "node:assert/strict";
import { test } from "node:test";
import { passedSchema } from "./passed.ts";

test("a schema passes as it is", () => {
  const schema = {
    type: "object",
    properties: { $ref: { type: "string" }, a: { $ref: "#/$defs/A" } },
    $defs: { A: { const: 1 } },
  };
  assert.equal(passedSchema(schema, "p"), schema);
});

test("words beside a reference move around it", () => {
  const schema = {
    properties: {
      a: { $ref: "#/$defs/A", description: "D" },
      b: { $ref: "#/$defs/A", anyOf: [true], oneOf: [true] },
      c: { default: { $ref: "#/x", y: 1 } },
    },
    $defs: { A: {} },
  };
  assert.deepEqual(passedSchema(schema, "p"), {
    properties: {
      a: { description: "D", anyOf: [{ $ref: "#/$defs/A" }] },
      b: { anyOf: [true], oneOf: [true], allOf: [{ $ref: "#/$defs/A" }] },
      c: { default: { $ref: "#/x", y: 1 } },
    },
    $defs: { A: {} },
  });
});

const note = (reference: string) =>
  `$ref: "${reference}" (not part of this schema; any value may fit)`;

test("a reference that leads nowhere becomes words: the upstream would refuse the whole request", () => {
  const schema = {
    type: "object",
    properties: {
      a: { $ref: "#/$defs/Missing" },
      b: { $ref: "https://example.com/schema", description: "D", type: "string" },
      c: { items: { $ref: "#anchor" } },
      d: { $ref: "#/$defs/A" },
      e: { default: { $ref: "#/$defs/Missing" } },
    },
    $defs: { A: {} },
  };
  assert.deepEqual(passedSchema(schema, "p"), {
    type: "object",
    properties: {
      a: { description: note("#/$defs/Missing") },
      b: { description: `D\n${note("https://example.com/schema")}`, type: "string" },
      c: { items: { description: note("#anchor") } },
      d: { $ref: "#/$defs/A" },
      e: { default: { $ref: "#/$defs/Missing" } },
    },
    $defs: { A: {} },
  });
});

test("a schema beyond all limits is refused before anything is made of it", () => {
  let deep: Record<string, unknown> = {};
  for (let n = 0; n < 200; n += 1) deep = { not: deep };
  assert.throws(() => passedSchema(deep, "response_format"), {
    code: "invalid_request",
    param: "response_format",
    message: "The JSON Schema at response_format is nested more than 100 levels deep.",
  });
});

test("definitions that join each other without end stay apart", () => {
  const names = Array.from({ length: 30 }, (_, n) => `D${n}`);
  const reference = (n: number) => ({ $ref: `#/$defs/D${n % names.length}` });
  const $defs = Object.fromEntries(
    names.map((name, n) => {
      const both = { allOf: [reference(n + 1), reference(n + 2)] };
      return [name, { type: "object", properties: { a: both, b: both, [name]: {} } }];
    }),
  );
  const start = performance.now();
  const schema = { ...reference(0), $defs };
  assert.deepEqual(passedSchema(schema, "tools[0]"), schema, "overlooked, and not refused");
  assert.ok(performance.now() - start < 5000);
});
