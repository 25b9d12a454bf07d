/** Every answer of the Responses route is what OpenAI's own API description says. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { responses } from "@agproxy/plugin-responses";
import { AgproxyError, type ChatEvent } from "agproxy";
import { readSseText, type Script, scriptedUpstream, startGateway } from "agproxy/testing";
import { openapiValidator } from "./openapi/validator.ts";
import { responseClient } from "./support/response-client.ts";

const validator = openapiValidator();

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
  "calls of tools that the client knows": [
    [
      call("local_shell", '{"command":["ls"],"timeout_ms":5}'),
      call("shell", '{"commands":["ls"]}'),
    ],
    [call("apply_patch", '{"type":"update_file","path":"a","diff":"@@"}')],
    [call("tool_search", '{"query":"mail"}'), call("local_shell", "not json"), finish],
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
  "a search that is told before the sources": [
    [text, { type: "search", choice: 0, queries: ["tide tables", "moon"] }],
    [{ type: "citation", choice: 0, citation: { url: "https://example.com" } }, finish],
  ],
  "a search without queries, and one before the text": [
    [
      { type: "search", choice: 0, queries: [] },
      { type: "search", choice: 0, queries: ["q"] },
    ],
    [text, finish],
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
  "client tools": {
    input: [
      { type: "additional_tools", role: "developer", tools: [{ type: "local_shell" }] },
      { role: "user", content: "Hi" },
    ],
    tools: [
      { type: "shell" },
      { type: "apply_patch" },
      { type: "tool_search", execution: "client", description: "Finds.", parameters: {} },
    ],
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

function assertValid(component: string, body: unknown): void {
  assert.deepEqual(validator.validate(component, body), [], JSON.stringify(body));
}

function assertResponse(body: unknown): void {
  assertValid("Response", body);
}

function assertEvents(stream: string): void {
  for (const { data } of readSseText(stream)) {
    if (data === "[DONE]") continue;
    const event: unknown = JSON.parse(data);
    assert.deepEqual(validator.validate("ResponseStreamEvent", event), [], data);
  }
}

for (const [answer, batches] of Object.entries(answers)) {
  for (const [kind, request] of Object.entries(requests)) {
    test(`${answer}, asked for by a ${kind} request`, async () => {
      assertResponse(JSON.parse(await ask(() => batches, request)));
      const stream = await ask(() => batches, { ...request, stream: true });
      assert.match(stream, /event: response\.(completed|incomplete)\n/);
      assertEvents(stream);
    });
  }
}

test("a stream that breaks off", async () => {
  const stream = await ask(breaksOff, { input: "Hi", stream: true });
  assert.match(stream, /event: error\n/);
  assert.match(stream, /event: response\.failed\n/);
  assertEvents(stream);
});

test("an error answer", async () => {
  const body: unknown = JSON.parse(await ask(() => [], { input: 5 }));
  assert.deepEqual(validator.validate("ErrorResponse", body), []);
});

const brief: Script = () => [[text], [finish, usage]];

/** Items of every kind that a client sends back or sends anew. */
const everyItem = [
  { role: "user", content: "Hi" },
  { role: "developer", content: [{ type: "input_text", text: "Be brief." }] },
  {
    type: "message",
    role: "user",
    content: [
      { type: "input_image", image_url: "data:image/png;base64,aGk=" },
      { type: "input_file", file_data: "data:text/plain;base64,aGk=", filename: "a.txt" },
    ],
  },
  { role: "assistant", content: "Hello." },
  { role: "assistant", content: [{ type: "output_text", text: "Hello." }] },
  { type: "reasoning", id: "rs_1", summary: [], content: null, encrypted_content: null },
  { type: "function_call", call_id: "c1", name: "f", arguments: "{}" },
  { type: "function_call_output", call_id: "c1", output: "ok" },
  { type: "function_call_output", call_id: "c1", output: [{ type: "input_text", text: "ok" }] },
  { type: "custom_tool_call", call_id: "c2", name: "p", input: "x" },
  { type: "custom_tool_call_output", call_id: "c2", output: "ok" },
  { type: "local_shell_call", call_id: "c3", action: { type: "exec", command: ["ls"], env: {} } },
  { type: "image_generation_call", result: "aGk=" },
  { type: "web_search_call", id: "ws_1", status: "completed", action: { type: "search" } },
];

test("what is kept is told as the description has it", async () => {
  await using gateway = await startGateway({
    plugins: [responses(), scriptedUpstream(brief).plugin],
  });
  const client = responseClient(gateway);
  const { id } = await client.create({ input: everyItem });
  assertResponse((await client.get(`/${String(id)}`)).body);
  const { body: listed } = await client.get(`/${String(id)}/input_items?limit=100`);
  assertValid("ResponseItemList", listed);
  assert.equal((listed["data"] as unknown[]).length, everyItem.length);
  const queued = await client.create({ input: "Hi", background: true });
  assertResponse(queued);
  assertResponse((await client.post(`/${String(queued["id"])}/cancel`, {})).body);
  const missing = await client.get("/resp_none");
  assertValid("ErrorResponse", missing.body);
});

test("a summary is told as the description has it", async () => {
  const input = [{ role: "user", content: "Hi" }, { type: "compaction_trigger" }];
  assertResponse(JSON.parse(await ask(brief, { input })));
  assertEvents(await ask(brief, { input, stream: true }));
  await using gateway = await startGateway({
    plugins: [responses(), scriptedUpstream(brief).plugin],
  });
  const client = responseClient(gateway);
  assertValid("CompactResource", (await client.post("/compact", { input: "Hi" })).body);
  assertValid("TokenCountsResource", (await client.post("/input_tokens", { input: "Hi" })).body);
});
