import assert from "node:assert/strict";
import { test } from "node:test";
import { lintRequest } from "./request-rules.ts";

const contents = [{ role: "user", parts: [{ text: "hi" }] }];

function declared(declaration: object): string | undefined {
  const tools = [{ functionDeclarations: [{ name: "f", ...declaration }] }];
  return lintRequest("gemini-2.5-flash", { contents, tools })?.body.error.message;
}

function answered(config: object) {
  const generationConfig = { responseMimeType: "application/json", ...config };
  return lintRequest("gemini-2.5-flash", { contents, generationConfig })?.body.error;
}

function object(properties: object, rest: object = {}) {
  return { type: "OBJECT", properties, ...rest };
}

function node(required: readonly string[]): object {
  const Node = { type: "object", properties: { next: { $ref: "#/$defs/Node" } }, required };
  return { $ref: "#/$defs/Node", $defs: { Node } };
}

function deep(leaf: object, wrap: (inner: object) => object): object {
  return Array.from({ length: 40 }).reduce<object>((inner) => wrap(inner), leaf);
}

test("the API's own Schema knows few words and one type for each value", () => {
  const at = "* GenerateContentRequest.tools[0].function_declarations[0].parameters";
  const cases: readonly [schema: object, expected: string | undefined][] = [
    [object({ a: { type: "STRING", format: "date-time", nullable: true } }), undefined],
    [object({ a: { anyOf: [{ type: "STRING" }, { type: "INTEGER" }] } }), undefined],
    [object({ a: {} }), `${at}.properties[a].type: must be specified`],
    [
      object({ a: { type: "STRING", properties: {}, required: ["b"] } }),
      `${at}.properties[a].properties: only allowed for OBJECT type\n${at}.properties[a].required: only allowed for OBJECT type`,
    ],
    [
      object({ a: { type: "STRING", format: "uri" } }),
      `${at}.properties[a].format: only 'enum' and 'date-time' are supported for STRING type`,
    ],
    [
      object({ a: { type: "INTEGER", enum: ["1"] } }),
      `${at}.properties[a].enum: only allowed for STRING type`,
    ],
    [
      object({ a: { type: "STRING", enum: ["", "x"] } }),
      `${at}.properties[a].enum[0]: cannot be empty`,
    ],
    [object({ a: { type: "ARRAY" } }), `${at}.properties[a].items: missing field.`],
    [
      object({ a: { type: "STRING" } }, { required: ["b"] }),
      `${at}.required[0]: property is not defined`,
    ],
    [
      { type: "STRING" },
      "Unable to submit request because `f` functionDeclaration `parameters` schema should be of type OBJECT.",
    ],
    [
      object({ a: { type: ["STRING", "NULL"] } }),
      `Invalid JSON payload received. Unknown name "type" at 'tools[0].function_declarations[0].parameters.properties[0].value': Proto field is not repeating, cannot start list.`,
    ],
  ];
  for (const [parameters, expected] of cases) {
    assert.equal(declared({ parameters }), expected, JSON.stringify(parameters));
  }
  assert.match(
    declared({ parameters: object({ a: { type: "INTEGER", enum: [1] } }) }) ?? "",
    /parameters\.properties\[0\]\.value\.enum\[0\]' \(TYPE_STRING\), 1$/,
  );
});

test("a JSON Schema for parameters may hold anything but a reference that leads nowhere", () => {
  const free = {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    type: "object",
    additionalProperties: false,
    properties: {
      a: { type: ["string", "null"], const: "x", format: "uri" },
      b: { $ref: "#/$defs/Node", title: "B" },
      c: { oneOf: [{ type: "integer", exclusiveMinimum: 0 }, true] },
    },
    $defs: { Node: { type: "object", properties: { next: { $ref: "#/$defs/Node" } } } },
  };
  assert.equal(declared({ parametersJsonSchema: free }), undefined);
  const lost = {
    type: "object",
    properties: { a: { anyOf: [{ type: "null" }, { $ref: "#/$defs/X" }] } },
  };
  assert.equal(
    declared({ parametersJsonSchema: lost }),
    "reference to undefined schema at properties.a.anyOf.1",
  );
  assert.equal(
    declared({ parametersJsonSchema: { $ref: "https://agproxy.invalid/schema" } }),
    "reference to undefined schema at top-level",
  );
  assert.equal(declared({ parametersJsonSchema: true }), "Request contains an invalid argument.");
  assert.match(declared({ parametersJsonSchema: { type: "array" } }) ?? "", /of type OBJECT\.$/);
  assert.match(
    declared({ parametersJsonSchema: free, parameters: object({ a: { type: "STRING" } }) }) ?? "",
    /only one of parameters and parameters_json_schema can be set/,
  );
});

test("words that are not JSON Schema, and roots that are no object, are refused", () => {
  const wrong: readonly object[] = [
    { type: "object", properties: { a: { type: "double" } } },
    { type: "object", properties: { a: { type: ["STRING", "null"] } } },
    { type: "object", properties: { a: { type: "string", required: true } } },
    { type: "object", properties: { a: { $ref: "#/definitions/A" } }, definitions: { A: {} } },
    { anyOf: [{ type: "object" }] },
    { allOf: [{ type: "object" }] },
  ];
  for (const parametersJsonSchema of wrong) {
    assert.notEqual(declared({ parametersJsonSchema }), undefined, JSON.stringify(wrong));
  }
  const named = { properties: { type: { type: "string" }, required: { type: "boolean" } } };
  assert.equal(declared({ parametersJsonSchema: { type: "object", ...named } }), undefined);
});

test("a schema for answers is read more strictly: references stand alone, and must end somewhere", () => {
  assert.equal(answered({ responseJsonSchema: node([]) }), undefined);
  const endless = answered({ responseJsonSchema: node(["next"]) });
  assert.equal(endless?.message, "Request contains an invalid argument.");
  assert.match(String(endless?.details?.[0]?.["detail"]), /refers to itself/);
  const beside = {
    type: "object",
    properties: { a: { $ref: "#/$defs/A", type: "string" } },
    $defs: { A: { type: "string" } },
  };
  assert.match(
    answered({ responseJsonSchema: beside })?.message ?? "",
    /^Schema\.ref 'A' was set alongside unsupported fields\./,
  );
  assert.match(
    answered({ responseSchema: { type: "OBJECT" } })?.message ?? "",
    /response_schema\.properties: should be non-empty for OBJECT type$/,
  );
});

test("neither kind of schema goes on for ever", () => {
  const tooDeep = "exceeds the maximum allowed nesting depth.";
  const own = deep({ type: "STRING" }, (a) => object({ a }));
  const json = deep({ type: "string" }, (a) => ({ type: "object", properties: { a } }));
  assert.equal(declared({ parameters: own }), `FunctionDeclaration 'f' in the request ${tooDeep}`);
  assert.equal(
    declared({ parametersJsonSchema: json }),
    `FunctionDeclaration 'f' in the request ${tooDeep}`,
  );
  const said = `A schema in GenerationConfig in the request ${tooDeep}`;
  assert.equal(answered({ responseSchema: own })?.message, said);
  assert.equal(answered({ responseJsonSchema: json })?.message, said);
});
