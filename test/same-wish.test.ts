/** The promise: the same wish, said in chat or in Responses, is the same request to the upstream. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { scriptedUpstream, startGateway, textAnswer } from "@agproxy/core/testing";
import { anthropic } from "@agproxy/plugin-anthropic";
import { openai } from "@agproxy/plugin-openai";
import { responses } from "@agproxy/plugin-responses";

/** What each wire is answered, and what it sent upstream. */
async function ask(chat: object, response: object) {
  const upstream = scriptedUpstream(() => textAnswer("hi"));
  await using gateway = await startGateway({
    plugins: [openai(), responses(), anthropic(), upstream.plugin],
  });
  const post = async (path: string, body: object) => {
    const sent = { method: "POST", body: JSON.stringify({ model: "m", ...body }) };
    const answer = await fetch(`${gateway.url}${path}`, sent);
    await answer.text();
    return answer.status;
  };
  const statuses = [
    await post("/v1/chat/completions", { messages: [{ role: "user", content: "hi" }], ...chat }),
    await post("/v1/responses", { input: "hi", ...response }),
  ];
  return { statuses, requests: upstream.sent.map(({ request }) => request) };
}

const schema = { type: "object", properties: { a: { type: "string" } } };
const grammar = { type: "grammar", grammar: { syntax: "lark", definition: "start: A" } };
const shape = { name: "n", schema, strict: true };
const custom = { name: "patch", description: "Edits.", format: grammar };

const search = { type: "web_search" };
const nested = (name: string) => ({ type: "function", function: { name } });
const flat = (name: string) => ({ type: "function", name });

const same: Readonly<Record<string, readonly [chat: object, response: object]>> = {
  "nothing but a text": [{}, {}],
  sampling: [
    { temperature: 0.5, top_p: 0.9, max_completion_tokens: 9 },
    { temperature: 0.5, top_p: 0.9, max_output_tokens: 9 },
  ],
  "the effort `ultra`": [{ reasoning_effort: "ultra" }, { reasoning: { effort: "ultra" } }],
  "a nested grammar": [
    { tools: [{ type: "custom", custom }] },
    { tools: [{ type: "custom", ...custom }] },
  ],
  "the vendor's own tool": [{ tools: [{ googleSearch: {} }] }, { tools: [{ googleSearch: {} }] }],
  "a model that searches": [{ model: "gpt-4o-search-preview" }, { model: "gpt-4o-search-preview" }],
  "who asks": [{ user: "u" }, { user: "u" }],
  "who asks, by both names": [
    { user: "u", safety_identifier: "s", prompt_cache_key: "k" },
    { user: "u", safety_identifier: "s", prompt_cache_key: "k" },
  ],
  "nobody in particular": [{ user: "" }, { user: "" }],
  "a tool, in another vendor's word": [
    { tools: [nested("f")], tool_choice: "any" },
    { tools: [flat("f")], tool_choice: "any" },
  ],
  "a certain tool": [
    { tools: [nested("f"), nested("g")], tool_choice: nested("g") },
    { tools: [flat("f"), flat("g")], tool_choice: flat("g") },
  ],
  "one of some tools": [
    {
      tools: [nested("f"), nested("g")],
      tool_choice: {
        type: "allowed_tools",
        allowed_tools: { mode: "required", tools: [nested("g")] },
      },
    },
    {
      tools: [flat("f"), flat("g")],
      tool_choice: { type: "allowed_tools", mode: "required", tools: [flat("g")] },
    },
  ],
  "none but the vendor's tool": [
    {
      tools: [nested("f"), search],
      tool_choice: { type: "allowed_tools", allowed_tools: { mode: "auto", tools: [search] } },
    },
    {
      tools: [flat("f"), search],
      tool_choice: { type: "allowed_tools", mode: "auto", tools: [search] },
    },
  ],
  "a vendor's own field": [
    { extra_body: { google: { a: 1 } } },
    { extra_body: { google: { a: 1 } } },
  ],
  "a schema": [
    { response_format: { type: "json_schema", json_schema: shape } },
    { text: { format: { type: "json_schema", ...shape } } },
  ],
};

for (const [wish, [chat, response]] of Object.entries(same)) {
  test(`both wires ask the same: ${wish}`, async () => {
    const { statuses, requests } = await ask(chat, response);
    assert.deepEqual(statuses, [200, 200]);
    assert.deepEqual(requests[0], requests[1]);
  });
}

test("both wires refuse an output format that nobody knows", async () => {
  const format = { type: "xml" };
  const { statuses } = await ask({ response_format: format }, { text: { format } });
  assert.deepEqual(statuses, [400, 400]);
});
