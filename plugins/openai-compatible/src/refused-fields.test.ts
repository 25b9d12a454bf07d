import assert from "node:assert/strict";
import { test } from "node:test";
import { refusedField, RefusedFields, withoutField } from "./refused-fields.ts";

const body = {
  model: "m",
  messages: [{ role: "assistant", content: "a", reasoning_content: "hm" }],
  stream_options: { include_usage: true },
  max_tokens: 5,
  temperature: 1,
  logprobs: true,
  top_logprobs: 2,
};
const refused = (answer: unknown, status = 400) =>
  refusedField(status, JSON.stringify(answer), body);

test("the field that a server refused, in the words of real servers", () => {
  const openai = {
    error: {
      message: "Unsupported parameter: 'max_tokens' is not supported with this model.",
      type: "invalid_request_error",
      param: "max_tokens",
      code: "unsupported_parameter",
    },
  };
  assert.deepEqual(refused(openai), { name: "max_tokens", isCertain: true });
  const value = {
    error: { message: "Only the default (1) value is supported.", param: "temperature" },
  };
  assert.deepEqual(refused(value), { name: "temperature", isCertain: true });
  const mistral = {
    object: "error",
    message: {
      detail: [
        {
          type: "extra_forbidden",
          loc: ["body", "stream_options", "include_usage"],
          msg: "Extra inputs are not permitted",
        },
      ],
    },
    type: "invalid_request_error",
  };
  assert.deepEqual(refused(mistral, 422), { name: "stream_options", isCertain: true });
  const vllm = {
    object: "error",
    message:
      "[{'type': 'extra_forbidden', 'loc': ('body', 'stream_options'), 'msg': 'Extra inputs are not permitted'}]",
    type: "BadRequestError",
    param: null,
    code: 400,
  };
  assert.deepEqual(refused(vllm), { name: "stream_options", isCertain: true });
  const inMessage = { error: { message: "bad", param: "messages.0.reasoning_content" } };
  assert.deepEqual(refused(inMessage), { name: "reasoning_content", isCertain: true });
  const groq = {
    error: {
      message: "property 'reasoning_content' is unsupported",
      type: "invalid_request_error",
    },
  };
  assert.deepEqual(refused(groq), { name: "reasoning_content", isCertain: false });
});

test("what was not sent, what a request cannot do without, and other failures are no such refusal", () => {
  const about = (message: string, param?: string) => refused({ error: { message, param } });
  assert.equal(about("Unknown parameter: 'seed'", "seed"), undefined);
  assert.equal(about("Unknown parameter: 'model'", "model"), undefined);
  assert.equal(about("temperature is too high"), undefined);
  assert.equal(
    refused({ error: { message: "unsupported", param: "temperature" } }, 500),
    undefined,
  );
  assert.equal(refusedField(400, "<html>", body), undefined);
});

test("the body without it, or with its other name", () => {
  const without = withoutField(body, "max_tokens");
  assert.equal("max_tokens" in without, false);
  assert.equal(without["max_completion_tokens"], 5);
  assert.equal("top_logprobs" in withoutField(body, "logprobs"), false);
  assert.equal(withoutField(body, "temperature")["top_logprobs"], 2);
  assert.deepEqual(withoutField(body, "reasoning_content")["messages"], [
    { role: "assistant", content: "a" },
  ]);
  assert.equal(withoutField({ model: "m" }, "max_tokens")["max_completion_tokens"], undefined);
});

test("made-up models do not fill the memory", () => {
  const fields = new RefusedFields();
  for (let model = 0; model < 1000; model += 1) fields.add(`a\n${model}`, "seed");
  assert.equal(fields.of("a\n0").size, 0);
  assert.deepEqual([...fields.of("a\n999")], ["seed"]);
});
