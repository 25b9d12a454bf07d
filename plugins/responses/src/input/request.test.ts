import assert from "node:assert/strict";
import { test } from "node:test";
import { AgproxyError } from "@agproxy/core";
import * as fc from "fast-check";
import { read as readRequest } from "../fixtures/seal.ts";

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
  assert.equal(request.user, "s");
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
    "id",
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
    "compaction",
    "compaction_trigger",
    "tool_search",
    "tool_search_output",
    "shell",
    "apply_patch",
    "x",
  ];
  const leaf = fc.oneof(
    fc.jsonValue({ maxDepth: 1 }),
    fc.constantFrom(...types),
    fc.constantFrom("data:,%", "data:x", "agp2.W10"),
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
