import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { AgproxyError } from "agproxy";
import * as fc from "fast-check";
import { readRequest } from "./request.ts";

const codexTurn: unknown = JSON.parse(
  readFileSync(new URL("../fixtures/codex-turn.json", import.meta.url), "utf8"),
);

function read(fields: object) {
  return readRequest({ model: "m", input: "Hi", ...fields });
}

test("instructions and a string", () => {
  const { request, ignored } = read({ instructions: "Be brief." });
  assert.deepEqual(request, {
    model: "m",
    messages: [
      { role: "system", content: [{ type: "text", text: "Be brief." }] },
      { role: "user", content: [{ type: "text", text: "Hi" }] },
    ],
    stream: false,
    sampling: {},
  });
  assert.deepEqual(ignored, []);
});

test("a turn of a coding agent: instructions, pictures, calls of every kind and their results", () => {
  const { request, ignored } = readRequest(codexTurn);
  const text = (said: string) => ({ type: "text", text: said });
  assert.deepEqual(request.messages, [
    { role: "developer", content: [text("Be brief.")] },
    {
      role: "user",
      content: [
        text("<image>"),
        {
          type: "media",
          media: "image",
          source: { kind: "data", data: "iVBORw0KGgo=" },
          mimeType: "image/png",
          detail: "high",
        },
      ],
    },
    {
      role: "assistant",
      content: [
        { type: "reasoning", text: "Look first." },
        { type: "tool-call", id: "call_1", name: "exec_command", arguments: '{"cmd":"ls"}' },
        { type: "tool-call", id: "call_2", name: "multi_agent_v1__spawn_agent", arguments: "{}" },
      ],
    },
    {
      role: "tool",
      content: [
        { type: "tool-result", callId: "call_1", content: [text("a.txt")] },
        {
          type: "tool-result",
          callId: "call_2",
          content: [
            {
              type: "media",
              media: "image",
              source: { kind: "data", data: "AAAA" },
              mimeType: "image/png",
            },
          ],
        },
      ],
    },
    {
      role: "assistant",
      content: [
        {
          type: "tool-call",
          id: "call_3",
          name: "apply_patch",
          arguments: '{"input":"*** Begin Patch"}',
        },
      ],
    },
    {
      role: "tool",
      content: [{ type: "tool-result", callId: "call_3", content: [text("Done")] }],
    },
    { role: "assistant", content: [text("Done.")] },
    { role: "user", content: [text("Thanks")] },
  ]);
  assert.deepEqual(ignored, ["tools.web_search", "tools.tool_search", "text.verbosity"]);
  assert.equal(request.cacheKey, "thread-1");
  assert.deepEqual(request.reasoning, { effort: "high", include: true });
  assert.deepEqual(
    request.tools?.map(({ name, description }) => [name, description]),
    [
      ["exec_command", "Runs a command."],
      ["multi_agent_v1__spawn_agent", "Agents.\n\nSpawns."],
      [
        "apply_patch",
        "Edits files.\n\nThe input must follow this lark grammar:\nstart: begin hunk+",
      ],
    ],
  );
});

test("settings", () => {
  const { request } = read({
    max_output_tokens: 100,
    temperature: 0.5,
    top_p: 0.9,
    top_logprobs: 3,
    parallel_tool_calls: false,
    user: "",
    safety_identifier: "s",
    reasoning: { effort: "max" },
    text: { format: { type: "json_schema", name: "n", strict: true, schema: { type: "object" } } },
    extra_body: { google: { thinking_config: {} } },
  });
  assert.deepEqual(request.sampling, { temperature: 0.5, topP: 0.9, maxTokens: 100, logprobs: 3 });
  assert.equal(request.parallelToolCalls, false);
  assert.equal(request.user, "");
  assert.deepEqual(request.reasoning, { effort: "xhigh" });
  assert.deepEqual(request.output, {
    type: "json",
    name: "n",
    schema: { type: "object" },
    strict: true,
  });
  assert.deepEqual(request.extensions, { google: { thinking_config: {} } });
});

test("nulls, empty objects and unknown fields are no errors", () => {
  const names = [
    "instructions tools tool_choice parallel_tool_calls max_output_tokens max_tool_calls temperature top_p",
    "top_logprobs text reasoning stream prompt_cache_key user safety_identifier include metadata store",
    "truncation previous_response_id conversation prompt background service_tier extra_body google",
  ];
  const nulls = Object.fromEntries(
    names.flatMap((line) => line.split(" ")).map((name) => [name, null]),
  );
  const plain = read({});
  assert.deepEqual(read(nulls), plain);
  assert.deepEqual(
    read({ reasoning: {}, text: {}, metadata: {}, tool_choice: {}, new_field: 1 }),
    plain,
  );
  const sparse = read({
    input: [
      null,
      { role: "user", content: null },
      { role: "user", content: [null, { type: "input_text", text: null }] },
    ],
  });
  assert.deepEqual(sparse.request.messages, [
    { role: "user", content: [{ type: "text", text: "" }] },
  ]);
});

test("a known field of another type is named by its path", () => {
  const cases: readonly (readonly [param: string, fields: object])[] = [
    ["model", { model: 1 }],
    ["input", { input: 7 }],
    ["input", { input: null }],
    ["input[1]", { input: [{ role: "user", content: "x" }, "text"] }],
    ["input[0].content", { input: [{ role: "user", content: 5 }] }],
    [
      "input[0].content[1].text",
      {
        input: [
          {
            role: "user",
            content: [
              { type: "input_text", text: "x" },
              { type: "input_text", text: {} },
            ],
          },
        ],
      },
    ],
    [
      "input[0].content[0].image_url",
      { input: [{ role: "user", content: [{ type: "input_image", image_url: "/etc/passwd" }] }] },
    ],
    [
      "input[0].content[0].file_id",
      { input: [{ role: "user", content: [{ type: "input_image" }] }] },
    ],
    ["input[0].name", { input: [{ type: "function_call", call_id: "c", arguments: "{}" }] }],
    ["input[0].call_id", { input: [{ type: "function_call_output", output: "x" }] }],
    ["input[0].output", { input: [{ type: "function_call_output", call_id: "c", output: 3 }] }],
    ["tools", { tools: {} }],
    ["tools[0].parameters", { tools: [{ type: "function", name: "f", parameters: "x" }] }],
    [
      "tools[0].tools[0].name",
      { tools: [{ type: "namespace", name: "n", tools: [{ type: "function" }] }] },
    ],
    ["tool_choice", { tool_choice: "any" }],
    ["max_output_tokens", { max_output_tokens: "9" }],
    ["temperature", { temperature: "hot" }],
    ["reasoning.effort", { reasoning: { effort: "extreme" } }],
    ["text.format.schema", { text: { format: { type: "json_schema", schema: "x" } } }],
    ["stream", { stream: "yes" }],
    ["metadata", { metadata: "x" }],
    ["previous_response_id", { previous_response_id: "resp_1" }],
    ["conversation", { conversation: "conv_1" }],
    ["prompt", { prompt: { id: "p" } }],
  ];
  for (const [param, fields] of cases) {
    assert.throws(() => read(fields), { code: "invalid_request", status: 400, param }, param);
  }
  assert.throws(() => readRequest([]), { code: "invalid_request", param: "body" });
});

test("an id of an earlier response is refused with what to do instead", () => {
  assert.throws(() => read({ previous_response_id: "resp_1" }), {
    advice: /Send the whole conversation in `input`/,
  });
});

test("what cannot be honoured is named", () => {
  const { ignored } = read({
    store: true,
    background: true,
    truncation: "auto",
    service_tier: "flex",
    max_tool_calls: 3,
    text: { verbosity: "high", format: { type: "grammar" } },
    include: ["reasoning.encrypted_content", "web_search_call.results"],
    tool_choice: { type: "web_search" },
    tools: [{ type: "mcp", server_label: "x" }],
  });
  assert.deepEqual(ignored, [
    "background",
    "max_tool_calls",
    "service_tier",
    "store",
    "truncation",
    "include.web_search_call.results",
    "tools.mcp",
    "tool_choice.web_search",
    "text.verbosity",
    "text.format",
  ]);
});

test("names from a client are fit for a header, and not more than fit in one", () => {
  const tools = Array.from({ length: 200 }, (_, index) => ({ type: `x\r\n,${index}日本` }));
  const { ignored } = read({ tools });
  assert.equal(ignored.length, 40);
  for (const name of ignored) assert.match(name, /^[\w.[\]-]{1,80}$/);
});

test("any JSON is read or refused, never more", () => {
  const names = [
    "type",
    "role",
    "content",
    "text",
    "call_id",
    "name",
    "arguments",
    "output",
    "summary",
    "image_url",
    "file_data",
    "input_audio",
    "tools",
    "encrypted_content",
    "status",
    "action",
    "result",
    "code",
    "outputs",
  ];
  const types = [
    "message",
    "reasoning",
    "function_call",
    "function_call_output",
    "custom_tool_call",
    "local_shell_call",
    "shell_call_output",
    "computer_call_output",
    "image_generation_call",
    "code_interpreter_call",
    "additional_tools",
    "namespace",
    "function",
    "custom",
    "input_image",
    "input_file",
    "input_audio",
    "item_reference",
    "x",
  ];
  const leaf = fc.oneof(
    fc.jsonValue({ maxDepth: 1 }),
    fc.constantFrom(...types),
    fc.constantFrom("data:,%", "data:x", "agp1.W10"),
  );
  const { node } = fc.letrec((tie) => ({
    node: fc.oneof(
      { depthSize: "small" },
      leaf,
      fc.array(tie("node"), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom(...names), tie("node"), { maxKeys: 5 }),
    ),
  }));
  const keys = [
    "input",
    "tools",
    "tool_choice",
    "text",
    "reasoning",
    "include",
    "instructions",
    "metadata",
    "google",
    "extra_body",
  ];
  const bodies = fc.oneof(
    fc.jsonValue(),
    fc
      .dictionary(fc.constantFrom(...keys), node)
      .map((body) => ({ model: "m", input: "x", ...body })),
    fc.array(node).map((input) => ({ model: "m", input })),
  );
  fc.assert(
    fc.property(bodies, (body) => {
      try {
        readRequest(body);
      } catch (thrown) {
        assert.ok(thrown instanceof AgproxyError, String(thrown));
        assert.equal(thrown.code, "invalid_request");
        assert.ok(thrown.param !== undefined && thrown.param !== "");
      }
    }),
    { numRuns: 500 },
  );
});
