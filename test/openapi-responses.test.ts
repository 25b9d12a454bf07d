/** Every answer of the Responses route is what OpenAI's own API description says. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { responses } from "@agproxy/plugin-responses";
import { AgproxyError, type ChatEvent } from "agproxy";
import { readSseText, type Script, scriptedUpstream, startGateway } from "agproxy/testing";
import { openapiValidator, skipReason } from "./openapi/validator.ts";

const validator = openapiValidator();
const skip = validator === undefined ? skipReason : false;

type Batches = readonly (readonly ChatEvent[])[];

const finish: ChatEvent = { type: "finish", choice: 0, reason: "stop" };
const usage: ChatEvent = {
  type: "usage",
  usage: { inputTokens: 9, outputTokens: 5, totalTokens: 14, cachedTokens: 4, reasoningTokens: 2 },
};
const text: ChatEvent = { type: "text", choice: 0, text: "Hello", signature: "c2ln" };
const call = (name: string, args: string): ChatEvent => ({
  type: "tool-call",
  choice: 0,
  id: `call_${name}`,
  name,
  arguments: args,
  signature: "c2ln",
});
const tokens = [{ token: "é", logprob: -0.1, top: [{ token: "e", logprob: -3 }] }];

const answers: Readonly<Record<string, Batches>> = {
  "text, with counts": [[text], [finish, usage]],
  "thoughts and calls of every kind": [
    [{ type: "reasoning", choice: 0, text: "hm" }, call("weather", '{"city":"Taipei"}')],
    [call("apply_patch", '{"input":"*** Begin Patch"}'), call("agents__spawn", "{}"), finish],
  ],
  "a refusal": [
    [
      { type: "refusal", choice: 0, text: "no" },
      { type: "finish", choice: 0, reason: "content-filter", detail: "SAFETY" },
    ],
  ],
  "a limit": [[text, { type: "finish", choice: 0, reason: "length" }]],
  "media and code": [
    [{ type: "media", choice: 0, media: "image", mimeType: "image/png", data: "aGk=" }],
    [{ type: "media", choice: 0, media: "audio", mimeType: "audio/wav", data: "aGk=" }],
    [{ type: "code", choice: 0, language: "python", code: "1" }],
    [{ type: "code-result", choice: 0, outcome: "failed", output: "1" }, finish],
  ],
  "sources and probabilities": [
    [{ type: "logprobs", choice: 0, tokens }, text],
    [{ type: "citation", choice: 0, citation: { url: "https://example.com" } }, finish],
  ],
};

const requests: Readonly<Record<string, object>> = {
  plain: { input: "Hi" },
  full: {
    input: [{ role: "user", content: "Hi" }],
    instructions: "Be brief.",
    max_output_tokens: 100,
    max_tool_calls: 3,
    metadata: { a: "b" },
    parallel_tool_calls: false,
    prompt_cache_key: "k",
    reasoning: { effort: "low", summary: "auto" },
    safety_identifier: "s",
    store: true,
    temperature: 0.5,
    text: { format: { type: "json_schema", name: "n", schema: { type: "object" }, strict: true } },
    tool_choice: { type: "function", name: "weather" },
    tools: [
      { type: "function", name: "weather", strict: null },
      { type: "custom", name: "apply_patch" },
      {
        type: "namespace",
        name: "agents",
        description: "Agents",
        tools: [{ type: "function", name: "spawn" }],
      },
    ],
    top_logprobs: 2,
    top_p: 0.9,
    truncation: "disabled",
    user: "u",
  },
  nulls: {
    input: "Hi",
    include: null,
    instructions: null,
    metadata: null,
    reasoning: null,
    text: null,
    tools: null,
    truncation: null,
    user: null,
  },
};

const breaksOff: Script = function* () {
  yield [text];
  throw new AgproxyError("rate_limit_exceeded");
};

async function ask(script: Script, request: object): Promise<string> {
  await using gateway = await startGateway({
    plugins: [responses(), scriptedUpstream(script).plugin],
  });
  const answer = await fetch(`${gateway.url}/v1/responses`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: "m", ...request }),
  });
  return answer.text();
}

function assertResponse(body: unknown): void {
  assert.deepEqual(validator?.validate("Response", body), []);
}

function assertEvents(stream: string): void {
  for (const { data } of readSseText(stream)) {
    if (data === "[DONE]") continue;
    const event: unknown = JSON.parse(data);
    assert.deepEqual(validator?.validate("ResponseStreamEvent", event), [], data);
  }
}

for (const [answer, batches] of Object.entries(answers)) {
  for (const [kind, request] of Object.entries(requests)) {
    test(`${answer}, asked for by a ${kind} request`, { skip }, async () => {
      assertResponse(JSON.parse(await ask(() => batches, request)));
      const stream = await ask(() => batches, { ...request, stream: true });
      assert.match(stream, /event: response\.(completed|incomplete)\n/);
      assertEvents(stream);
    });
  }
}

test("a stream that breaks off", { skip }, async () => {
  const stream = await ask(breaksOff, { input: "Hi", stream: true });
  assert.match(stream, /event: error\n/);
  assert.match(stream, /event: response\.failed\n/);
  assertEvents(stream);
});

test("an error answer", { skip }, async () => {
  const body: unknown = JSON.parse(await ask(() => [], { input: 5 }));
  assert.deepEqual(validator?.validate("ErrorResponse", body), []);
});
