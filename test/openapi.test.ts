import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { loadDescription } from "./openapi/description.ts";
import { sdkDescription } from "./openapi/sdk-description.ts";
import { createValidator, type Target } from "./openapi/validator.ts";

const description = loadDescription();

/** Both sources of what an answer must be find the same things wrong. */
const sources = [
  {
    source: "OpenAI's description",
    create: () => createValidator(description ?? sdkDescription()),
    integer: "integer",
    skip: description === undefined && "../shared/openapi is not beside this checkout",
  },
  {
    source: "the types of OpenAI's SDK",
    create: () => createValidator(sdkDescription()),
    // TypeScript has one type for numbers.
    integer: "number",
    skip: false,
  },
] as const;

const tokens = { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 };

const completion = {
  id: "chatcmpl-1",
  object: "chat.completion",
  created: 1,
  model: "m",
  choices: [
    {
      index: 0,
      message: { role: "assistant", content: "hi", refusal: null, annotations: [] },
      logprobs: null,
      finish_reason: "stop",
    },
  ],
  usage: tokens,
};

const chunk = {
  id: "chatcmpl-1",
  object: "chat.completion.chunk",
  created: 1,
  model: "m",
  choices: [{ index: 0, delta: { content: "hi" }, logprobs: null, finish_reason: null }],
};

const message = {
  id: "msg_1",
  type: "message",
  role: "assistant",
  status: "completed",
  content: [{ type: "output_text", text: "hi", annotations: [], logprobs: [] }],
};

const response = {
  id: "resp_1",
  object: "response",
  created_at: 1,
  status: "completed",
  error: null,
  incomplete_details: null,
  instructions: null,
  model: "m",
  tools: [],
  output: [message],
  parallel_tool_calls: true,
  metadata: {},
  tool_choice: "auto",
  temperature: 1,
  top_p: 1,
  usage: {
    input_tokens: 1,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: 1,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: 2,
  },
};

const delta = {
  type: "response.output_text.delta",
  sequence_number: 3,
  item_id: "msg_1",
  output_index: 0,
  content_index: 0,
  delta: "hi",
  logprobs: [],
};

const model = { id: "m", object: "model", created: 1, owned_by: "me" };

const good: readonly (readonly [target: Target, value: object])[] = [
  ["CreateChatCompletionResponse", completion],
  [{ path: "/chat/completions", method: "POST", status: 200 }, completion],
  ["CreateChatCompletionStreamResponse", chunk],
  [{ path: "/chat/completions", method: "POST", status: 200, stream: true }, chunk],
  ["CreateChatCompletionStreamResponse", { ...chunk, choices: [], usage: tokens }],
  ["CreateChatCompletionStreamResponse", { ...chunk, usage: null, unknown: { field: 1 } }],
  [
    { path: "/completions", method: "POST", status: 200, stream: true },
    {
      ...chunk,
      object: "text_completion",
      choices: [{ index: 0, text: "a", logprobs: null, finish_reason: null }],
    },
  ],
  ["ListModelsResponse", { object: "list", data: [model] }],
  [{ path: "/models/{model}", method: "GET", status: 200 }, model],
  ["Response", response],
  ["Response", { ...response, user: null }],
  ["ResponseStreamEvent", delta],
  ["ResponseStreamEvent", { type: "response.created", sequence_number: 0, response }],
  [
    "ResponseStreamEvent",
    { type: "response.output_item.done", sequence_number: 1, output_index: 0, item: message },
  ],
  // Recorded streams lack the name that the description requires here.
  [
    "ResponseStreamEvent",
    {
      type: "response.function_call_arguments.done",
      sequence_number: 1,
      item_id: "fc_1",
      output_index: 0,
      arguments: "{}",
    },
  ],
];

const [choice] = completion.choices;
const [piece] = chunk.choices;

/** A good body with one thing broken, and what the validator must say about it. */
const bad: readonly (readonly [target: Target, value: unknown, says: RegExp])[] = [
  ["CreateChatCompletionResponse", { ...completion, id: 3 }, /^\/id must be string/],
  ["CreateChatCompletionResponse", { ...completion, created: "now" }, /^\/created must be integer/],
  ["CreateChatCompletionResponse", { ...completion, object: "x" }, /^\/object .*chat\.completion/],
  ["CreateChatCompletionResponse", { ...completion, choices: {} }, /^\/choices must be array/],
  [
    "CreateChatCompletionResponse",
    { ...completion, choices: [{ ...choice, finish_reason: null }] },
    /^\/choices\/0\/finish_reason must be string/,
  ],
  [
    "CreateChatCompletionResponse",
    { ...completion, choices: [{ ...choice, finish_reason: "max_tokens" }] },
    /^\/choices\/0\/finish_reason .*"length"/,
  ],
  [
    "CreateChatCompletionResponse",
    { ...completion, choices: [{ ...choice, message: { role: "assistant", content: "hi" } }] },
    /^\/choices\/0\/message must have required property 'refusal'/,
  ],
  [
    "CreateChatCompletionResponse",
    {
      ...completion,
      choices: [
        {
          ...choice,
          message: { role: "assistant", content: null, refusal: null, tool_calls: [{ id: "a" }] },
        },
      ],
    },
    /^\/choices\/0\/message\/tool_calls\/0 must have (required property ')?type/,
  ],
  [
    "CreateChatCompletionResponse",
    {
      ...completion,
      choices: [
        {
          ...choice,
          message: {
            role: "assistant",
            content: null,
            refusal: null,
            tool_calls: [{ id: "a", type: "function", function: { name: "f" } }],
          },
        },
      ],
    },
    /tool_calls\/0\/function must have required property 'arguments'/,
  ],
  [
    "CreateChatCompletionResponse",
    { ...completion, usage: { ...tokens, total_tokens: null } },
    /^\/usage\/total_tokens must be integer/,
  ],
  ["CreateChatCompletionStreamResponse", { ...chunk, usage: "none" }, /^\/usage must be/],
  [
    "CreateChatCompletionStreamResponse",
    { ...chunk, choices: [{ ...piece, delta: { content: 3 } }] },
    /^\/choices\/0\/delta\/content must be string or null/,
  ],
  ["CreateChatCompletionStreamResponse", [], /^\/ must be object/],
  ["Model", { ...model, created: null }, /^\/created must be integer/],
  ["Model", "gpt", /^\/ must be object/],
  ["ListModelsResponse", { object: "list", data: [{ id: "m" }] }, /^\/data\/0 must have required/],
  ["Response", { ...response, output: [{ ...message, id: undefined }] }, /output\/0 .*'id'/],
  ["Response", { ...response, output: [{ ...message, type: "note" }] }, /^\/output\/0\/type /],
  ["Response", { ...response, status: "done" }, /^\/status .*"completed"/],
  ["ResponseStreamEvent", { ...delta, type: "response.ping" }, /^\/type must be equal/],
  ["ResponseStreamEvent", { ...delta, sequence_number: undefined }, /'sequence_number'/],
  ["ResponseStreamEvent", { ...delta, delta: 3 }, /^\/delta must be string/],
  [
    "ResponseStreamEvent",
    { type: "response.completed", sequence_number: 9, response: { ...response, output: null } },
    /^\/response\/output must be array/,
  ],
];

for (const { source, create, integer, skip } of sources) {
  suite(source, { skip }, () => {
    const validator = skip === false ? create() : undefined;
    const validate = (target: Target, value: unknown) => validator?.validate(target, value) ?? [];

    for (const [target, value] of good) {
      test(`a good ${label(target)} has nothing wrong`, () => {
        assert.deepEqual(validate(target, value), []);
      });
    }

    for (const [target, value, says] of bad) {
      test(`a bad ${label(target)} is told by ${String(says)}`, () => {
        const told = validate(target, JSON.parse(JSON.stringify(value)));
        const expected = new RegExp(says.source.replace("integer", integer));
        assert.ok(
          told.some((line) => expected.test(line)),
          JSON.stringify(told),
        );
        assert.ok(told.length <= 3, `too many lines to read: ${told.join("\n")}`);
      });
    }

    test("each field that a good answer requires is missed when it goes", () => {
      for (const [target, value] of [
        ["CreateChatCompletionResponse", completion],
        ["CreateChatCompletionStreamResponse", chunk],
        ["Model", model],
        ["Response", response],
        ["ResponseStreamEvent", delta],
      ] as const) {
        const optional = new Set(["usage", "status"]);
        for (const key of Object.keys(value).filter((name) => !optional.has(name))) {
          const { [key]: _, ...rest } = value as Readonly<Record<string, unknown>>;
          assert.notDeepEqual(validate(target, rest), [], `${target} without ${key}`);
        }
      }
    });

    test("an unknown target is a mistake of the test", () => {
      assert.throws(() => validate("NoSuchSchema", {}), /no schema NoSuchSchema/);
      const nowhere = { path: "/x", method: "GET", status: 200 };
      assert.throws(() => validate(nowhere, {}), /No answer/);
    });
  });
}

function label(target: Target): string {
  return typeof target === "string" ? target : `${target.method} ${target.path}`;
}
