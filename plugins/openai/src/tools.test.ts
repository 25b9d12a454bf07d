import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeChat } from "./chat-request.ts";

const chat = (more: object) =>
  decodeChat({ model: "m", messages: [{ role: "user", content: "hi" }], ...more });

const schema = { type: "object", properties: { a: { type: "string" } } };

test("functions, nested and flat", () => {
  const tool = { name: "f", description: "d", parameters: schema, strict: true };
  for (const written of [
    { type: "function", function: tool },
    { type: "function", ...tool },
  ]) {
    assert.deepEqual(chat({ tools: [written] }).request.tools, [tool]);
  }
});

test("nulls in a tool say nothing", () => {
  const tool = { name: "f", description: null, parameters: null, strict: null };
  assert.deepEqual(chat({ tools: [null, { type: "function", function: tool }] }).request.tools, [
    { name: "f" },
  ]);
});

test("the older functions become tools, one call at a time", () => {
  const { request, wish } = chat({ functions: [{ name: "f" }], function_call: { name: "f" } });
  assert.deepEqual(request.tools, [{ name: "f" }]);
  assert.deepEqual(request.toolChoice, { mode: "required", names: ["f"] });
  assert.equal(request.parallelToolCalls, false);
  assert.equal(wish.legacyFunctions, true);
});

test("a custom tool becomes a function of one string that tells its grammar", () => {
  const { request, wish } = chat({
    tools: [
      {
        type: "custom",
        custom: {
          name: "patch",
          description: "Edits.",
          format: { type: "grammar", grammar: { syntax: "lark", definition: "start: A" } },
        },
      },
    ],
  });
  const [tool] = request.tools ?? [];
  assert.equal(tool?.name, "patch");
  assert.match(tool?.description ?? "", /^Edits\.\n\n.*lark grammar:\nstart: A$/s);
  assert.deepEqual(tool?.parameters?.["required"], ["input"]);
  assert.ok(wish.customTools.has("patch"));
});

test("a tool of another kind is named as ignored and fails nothing", () => {
  const tools = [{ type: "web_search" }, { type: "function", function: { name: "f" } }];
  const { request, ignored } = chat({ tools });
  assert.deepEqual(request.tools, [{ name: "f" }]);
  assert.deepEqual(ignored, ["tools[0]"]);
});

for (const [written, expected] of [
  ["auto", { mode: "auto" }],
  ["none", { mode: "none" }],
  ["required", { mode: "required" }],
  ["any", { mode: "required" }],
  [{ type: "auto" }, { mode: "auto" }],
  [{}, undefined],
  [
    { type: "function", function: { name: "f" } },
    { mode: "required", names: ["f"] },
  ],
  [
    { type: "function", name: "f" },
    { mode: "required", names: ["f"] },
  ],
  [
    { type: "custom", custom: { name: "c" } },
    { mode: "required", names: ["c"] },
  ],
  [
    {
      type: "allowed_tools",
      allowed_tools: {
        mode: "required",
        tools: [
          { type: "function", function: { name: "f" } },
          { type: "function", name: "g" },
        ],
      },
    },
    { mode: "required", names: ["f", "g"] },
  ],
  [{ type: "allowed_tools", allowed_tools: { mode: "auto", tools: [] } }, { mode: "auto" }],
] as const) {
  test(`tool_choice ${JSON.stringify(written)}`, () => {
    assert.deepEqual(chat({ tool_choice: written }).request.toolChoice, expected);
  });
}
