import assert from "node:assert/strict";
import { test } from "node:test";
import { read as readRequest } from "../fixtures/seal.ts";

function read(fields: object) {
  return readRequest({ model: "m", input: "Hi", ...fields });
}

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
    ["tool_choice", { tool_choice: "some" }],
    ["max_output_tokens", { max_output_tokens: "9" }],
    ["temperature", { temperature: "hot" }],
    ["reasoning.effort", { reasoning: { effort: "extreme" } }],
    ["text.format.schema", { text: { format: { type: "json_schema", schema: "x" } } }],
    ["text.format.type", { text: { format: { type: "grammar" } } }],
    ["stream", { stream: "yes" }],
    ["metadata", { metadata: "x" }],
    ["conversation", { conversation: "conv_1" }],
    ["prompt", { prompt: { id: "p" } }],
  ];
  for (const [param, fields] of cases) {
    assert.throws(() => read(fields), { code: "invalid_request", status: 400, param }, param);
  }
  assert.throws(() => readRequest([]), { code: "invalid_request", param: "body" });
});

test("what is stored with OpenAI is refused with what to do instead", () => {
  assert.throws(() => read({ conversation: "conv_1" }), {
    advice: /send the whole conversation in `input`/,
  });
});
