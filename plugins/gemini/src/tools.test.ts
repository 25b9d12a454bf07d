import assert from "node:assert/strict";
import { test } from "node:test";
import type { ToolChoice } from "agproxy";
import { assistant, body, call, user } from "./fixtures/requests.ts";
import { toolNames } from "./tool-names.ts";

const tools = [{ name: "a" }, { name: "b" }];
const withChoice = (toolChoice: ToolChoice) => body([user("hi")], { tools, toolChoice });
const both = [{ functionDeclarations: tools }];

test("a function has its whole schema", () => {
  const parameters = {
    $schema: "http://json-schema.org/draft-07/schema#",
    type: "object",
    properties: { n: { type: "integer", exclusiveMinimum: 0 }, s: { $ref: "#/$defs/S" } },
    additionalProperties: false,
    $defs: { S: { type: ["string", "null"] } },
  };
  const made = body([user("hi")], {
    tools: [
      { name: "f", description: "d", parameters, strict: true },
      { name: "g", parameters: {} },
    ],
  });
  assert.deepEqual(made.tools, [
    {
      functionDeclarations: [
        { name: "f", description: "d", parametersJsonSchema: parameters },
        { name: "g", parametersJsonSchema: { type: "object" } },
      ],
    },
  ]);
});

test("every choice of tools", () => {
  const config = (choice: ToolChoice) => withChoice(choice).toolConfig;
  assert.equal(config({ mode: "auto" }), undefined);
  assert.deepEqual(config({ mode: "none" }), { functionCallingConfig: { mode: "NONE" } });
  assert.deepEqual(config({ mode: "required" }), { functionCallingConfig: { mode: "ANY" } });
  assert.deepEqual(config({ mode: "required", names: ["b", "unknown"] }), {
    functionCallingConfig: { mode: "ANY", allowedFunctionNames: ["b"] },
  });
  assert.deepEqual(withChoice({ mode: "required", names: ["b"] }).tools, both);
  const some = withChoice({ mode: "auto", names: ["b"] });
  assert.deepEqual(some.tools, [{ functionDeclarations: [{ name: "b" }] }]);
  assert.equal(some.toolConfig, undefined);
});

test("without functions there is no choice among them", () => {
  const made = body([user("hi")], { tools: [], toolChoice: { mode: "required" } });
  assert.equal(made.tools, undefined);
  assert.equal(made.toolConfig, undefined);
});

test("names are made legal, stay different, and find their way back", () => {
  const long = "x".repeat(70);
  const names = ["ns/tool", "ns_tool", "ns tool", "1st", "日本", long, `${long}y`, ""];
  const map = toolNames({
    model: "m",
    stream: false,
    sampling: {},
    messages: [user("hi"), assistant(call("1", "old.tool!"))],
    tools: names.map((name) => ({ name })),
  });
  const legal = [...names, "old.tool!"].map(map.legal);
  for (const name of legal) assert.match(name, /^[a-zA-Z_][a-zA-Z0-9_.:-]{0,63}$/);
  assert.equal(new Set(legal).size, legal.length);
  assert.deepEqual(legal.map(map.original), [...names, "old.tool!"]);
  assert.equal(map.legal("ns_tool"), "ns_tool");
  assert.equal(map.original("made_up"), "made_up");
});

test("declaration, choice and history use the same name", () => {
  const made = body([user("hi"), assistant(call("1", "a/b"))], {
    tools: [{ name: "a/b" }],
    toolChoice: { mode: "required", names: ["a/b"] },
  });
  assert.equal(JSON.stringify(made).match(/"a_b"/g)?.length, 4);
  assert.equal(JSON.stringify(made).includes("a/b"), false);
});
