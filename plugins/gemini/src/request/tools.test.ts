import assert from "node:assert/strict";
import { test } from "node:test";
import type { ChatRequest, ToolChoice } from "@agproxy/core";
import { assistant, body, call, result, translated, user } from "../fixtures/requests.ts";
import { toolNames } from "./tool-names.ts";
import type { Dialect } from "./tool-plan.ts";

const tools = [{ name: "a" }, { name: "b" }];
const withChoice = (toolChoice: ToolChoice) => body([user("hi")], { tools, toolChoice });
const both = [{ functionDeclarations: tools }];

test("a function has its whole schema", () => {
  const schema = {
    type: "object",
    properties: { n: { type: "integer", exclusiveMinimum: 0 }, s: { $ref: "#/$defs/S" } },
    additionalProperties: false,
    $defs: { S: { type: ["string", "null"] } },
  };
  const parameters = { $schema: "http://json-schema.org/draft-07/schema#", ...schema };
  const made = body([user("hi")], {
    tools: [
      { name: "f", description: "d", parameters, strict: true },
      { name: "g", parameters: {} },
    ],
  });
  assert.deepEqual(made.tools, [
    {
      functionDeclarations: [
        { name: "f", description: "d", parametersJsonSchema: schema },
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

const plan = (rest: Partial<ChatRequest>, model: string, dialect?: Dialect) => {
  const { body: made, ignored } = translated(
    [user("hi")],
    rest,
    model,
    dialect === undefined ? {} : { dialect },
  );
  return { tools: made.tools, config: made.toolConfig, format: made.generationConfig, ignored };
};
const hostedTools = ["web-search", "url-context", "code-execution"] as const;
const builtIn = [{ googleSearch: {} }, { urlContext: {} }, { codeExecution: {} }];

test("built-in tools alone are each a tool of its own", () => {
  assert.deepEqual(plan({ hostedTools }, "gemini-2.5-flash").tools, builtIn);
  assert.deepEqual(plan({ hostedTools }, "tunedModels/mine").tools, builtIn);
  const online = plan({ hostedTools: ["web-search"] }, "gemini-2.5-flash-online");
  assert.deepEqual(online.tools, [{ googleSearch: {} }]);
  assert.deepEqual(plan({}, "gemini-3-flash-preview-online").tools, [{ googleSearch: {} }]);
});

test("built-in tools beside functions are one tool where the model mixes them", () => {
  const mixed = plan({ hostedTools: ["web-search"], tools }, "gemini-3-flash-preview");
  assert.deepEqual(mixed.tools, [{ googleSearch: {}, functionDeclarations: tools }]);
  assert.deepEqual(mixed.config, { includeServerSideToolInvocations: true });
  assert.deepEqual(mixed.ignored, []);
});

test("functions win where the model, or the way to it, does not mix", () => {
  const old = plan({ hostedTools, tools }, "gemini-2.5-pro");
  assert.deepEqual(old.tools, both);
  assert.equal(old.config, undefined);
  assert.deepEqual(old.ignored, ["web_search", "url_context", "code_execution"]);
  const dialect = { jsonSchema: true, mixedTools: false };
  const other = plan({ hostedTools: ["web-search"], tools }, "gemini-3-pro-preview", dialect);
  assert.deepEqual(other.tools, both);
  assert.deepEqual(other.ignored, ["web_search"]);
});

test("tools that a model has not are ignored, and it is said", () => {
  const old = plan({ hostedTools }, "gemini-2.0-flash");
  assert.deepEqual(old.tools, [{ googleSearch: {} }, { codeExecution: {} }]);
  assert.deepEqual(old.ignored, ["url_context"]);
  const image = plan({ hostedTools }, "gemini-2.5-flash-image");
  assert.equal(image.tools, undefined);
  assert.equal(image.ignored.length, 3);
});

test("an output format gives way to functions, and built-in tools to it, in older models", () => {
  const output = { type: "json" } as const;
  const old = plan({ output, tools, hostedTools: ["web-search"] }, "gemini-2.5-flash");
  assert.equal(old.format, undefined);
  assert.deepEqual(old.ignored, ["web_search", "response_format"]);
  const search = plan({ output, hostedTools: ["web-search"] }, "gemini-2.5-flash");
  assert.deepEqual(search.format, { responseMimeType: "application/json" });
  assert.deepEqual(search.ignored, ["web_search"]);
  const recent = plan({ output, tools, hostedTools: ["web-search"] }, "gemini-3-flash-preview");
  assert.deepEqual(recent.format, { responseMimeType: "application/json" });
  assert.deepEqual(recent.ignored, []);
});

test("where JSON Schema is not taken, schemas are rewritten", () => {
  const parameters = { type: "object", properties: { a: { const: "x" } } };
  const dialect = { jsonSchema: false, mixedTools: false };
  const made = translated(
    [user("hi")],
    {
      tools: [
        { name: "f", parameters },
        { name: "g", parameters: { type: "object" } },
      ],
    },
    "gemini-3-pro-preview",
    { dialect },
  );
  const properties = { a: { type: "STRING", enum: ["x"] } };
  assert.deepEqual(made.body.tools, [
    {
      functionDeclarations: [
        { name: "f", parameters: { type: "OBJECT", properties } },
        { name: "g" },
      ],
    },
  ]);
  const output = { type: "json", schema: parameters } as const;
  const format = translated([user("hi")], { output }, "gemini-3-pro-preview", { dialect });
  assert.deepEqual(format.body.generationConfig, {
    responseMimeType: "application/json",
    responseSchema: { type: "OBJECT", properties },
  });
});

test("a tool whose schema is too large is named", () => {
  let deep: Record<string, unknown> = {};
  for (let n = 0; n < 200; n += 1) deep = { items: deep };
  for (const jsonSchema of [true, false]) {
    const dialect = { jsonSchema, mixedTools: true };
    const request = { tools: [{ name: "a" }, { name: "f", parameters: deep }] };
    assert.throws(() => translated([user("hi")], request, "gemini-3-pro-preview", { dialect }), {
      code: "invalid_request",
      param: "tools[1]",
    });
  }
});

test("ids of calls are left out where the upstream refuses the field", () => {
  const dialect: Dialect = { jsonSchema: true, mixedTools: false, callIds: false };
  const messages = [user("hi"), assistant("I look.", call("c1", "a")), result("c1", "sunny")];
  const { contents } = body(messages, { tools }, "gemini-2.5-flash", { dialect });
  assert.deepEqual(contents.slice(1), [
    { role: "model", parts: [{ text: "I look." }, { functionCall: { name: "a", args: {} } }] },
    {
      role: "user",
      parts: [{ functionResponse: { name: "a", response: { result: "sunny" } } }],
    },
  ]);
});
