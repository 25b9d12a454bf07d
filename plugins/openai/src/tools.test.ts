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
  const tools = [
    { type: "file_search", vector_store_ids: ["v"] },
    {},
    { inventedTool: {} },
    { type: "function", function: { name: "f" } },
  ];
  const { request, ignored } = chat({ tools });
  assert.deepEqual(request.tools, [{ name: "f" }]);
  assert.equal(request.hostedTools, undefined);
  assert.deepEqual(ignored, ["tools.file_search", "tools[1]", "tools.invented_tool"]);
});

for (const [tool, expected] of [
  [{ type: "web_search" }, "web-search"],
  [{ type: "web_search_preview" }, "web-search"],
  [{ type: "web_search_2025_08_26" }, "web-search"],
  [{ type: "web_search_preview_2025_03_11" }, "web-search"],
  [{ type: "google_search" }, "web-search"],
  [{ type: "code_interpreter" }, "code-execution"],
  [{ type: "code_execution" }, "code-execution"],
  [{ type: "url_context" }, "url-context"],
  [{ googleSearch: {} }, "web-search"],
  [{ google_search: null }, "web-search"],
  [{ type: null, urlContext: {} }, "url-context"],
  [{ codeExecution: {} }, "code-execution"],
] as const) {
  test(`a tool of the vendor's side: ${JSON.stringify(tool)}`, () => {
    const { request, ignored } = chat({ tools: [tool] });
    assert.deepEqual(request.hostedTools, [expected]);
    assert.equal(request.tools, undefined);
    assert.deepEqual(ignored, []);
  });
}

test("what a tool of the vendor's side is told cannot be honoured, and is named", () => {
  const tools = [
    { type: "web_search", search_context_size: "low", user_location: {}, filters: null },
    { type: "code_interpreter", container: { type: "auto" } },
    { type: "web_search_preview" },
    { type: "function", function: { name: "f" } },
  ];
  const { request, ignored } = chat({ tools });
  assert.deepEqual(request.hostedTools, ["web-search", "code-execution"]);
  assert.deepEqual(request.tools, [{ name: "f" }]);
  assert.deepEqual(ignored, ["tools.web_search.search_context_size"]);
});

for (const [more, expected] of [
  [{ web_search_options: {} }, ["web-search"]],
  [{ web_search_options: null }, undefined],
  [{ web_search_options: {}, tools: [{ type: "web_search" }] }, ["web-search"]],
  [{ model: "gpt-4o-search-preview" }, ["web-search"]],
  [{ model: "gpt-4o-mini-search-preview-2025-03-11" }, ["web-search"]],
  [{ model: "gpt-5-search-api" }, ["web-search"]],
  [{ model: "gpt-4o-online" }, ["web-search"]],
  [{ model: "search-preview-of-mine" }, undefined],
] as const) {
  test(`web search is asked for by ${JSON.stringify(more)}: ${String(expected)}`, () => {
    const { request } = chat(more);
    assert.deepEqual(request.hostedTools, expected);
    if ("model" in more) assert.equal(request.model, more.model);
  });
}

test("options of a web search cannot be honoured, and are named", () => {
  const { ignored } = chat({
    web_search_options: { search_context_size: "high", user_location: null },
  });
  assert.deepEqual(ignored, ["web_search_options.search_context_size"]);
});

test("a tool of the vendor's side cannot be forced, which is said", () => {
  for (const type of ["web_search_preview", "file_search", "mcp"]) {
    const { request, ignored } = chat({ tool_choice: { type } });
    assert.equal(request.toolChoice, undefined);
    assert.deepEqual(ignored, ["tool_choice"]);
  }
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
  [
    {
      type: "allowed_tools",
      allowed_tools: { tools: [{ type: "web_search" }, { type: "function", name: "g" }] },
    },
    { mode: "auto", names: ["g"] },
  ],
  [
    { type: "allowed_tools", allowed_tools: { mode: "required", tools: [{ type: "web_search" }] } },
    { mode: "none" },
  ],
] as const) {
  test(`tool_choice ${JSON.stringify(written)}`, () => {
    assert.deepEqual(chat({ tool_choice: written }).request.toolChoice, expected);
  });
}
