/** Every answer of the OpenAI routes is what OpenAI's own API description says. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { openai } from "@agproxy/plugin-openai";
import { definePlugin, type ChatEvent } from "agproxy";
import { readSseText, scriptedUpstream, startGateway } from "agproxy/testing";
import { openapiValidator, type Target } from "./openapi/validator.ts";

const validator = openapiValidator();

type Batches = readonly (readonly ChatEvent[])[];

const finish: ChatEvent = { type: "finish", choice: 0, reason: "stop" };
const usage: ChatEvent = {
  type: "usage",
  usage: { inputTokens: 9, outputTokens: 5, totalTokens: 14, cachedTokens: 4, reasoningTokens: 2 },
};
const text: ChatEvent = { type: "text", choice: 0, text: "Hello", signature: "c2ln" };
const call = (id: string): ChatEvent => ({
  type: "tool-call",
  choice: 0,
  id,
  name: "weather",
  arguments: '{"city":"Taipei"}',
  signature: "c2ln",
});
const tokens = [{ token: "é", logprob: -0.1, top: [{ token: "e", logprob: -3 }] }];

const answers: Readonly<Record<string, Batches>> = {
  "text, with counts": [[text], [finish, usage]],
  "parallel calls": [[call("a")], [call("b"), finish, usage]],
  "calls after thoughts": [[{ type: "reasoning", choice: 0, text: "hm" }, call("a")], [finish]],
  "a refusal": [
    [
      { type: "refusal", choice: 0, text: "no" },
      { type: "finish", choice: 0, reason: "content-filter", detail: "SAFETY" },
    ],
  ],
  "media and code": [
    [{ type: "media", choice: 0, media: "image", mimeType: "image/png", data: "aGk=" }],
    [{ type: "code", choice: 0, language: "python", code: "1" }],
    [{ type: "code-result", choice: 0, outcome: "ok", output: "1" }, finish],
  ],
  "sources and probabilities": [
    [{ type: "logprobs", choice: 0, tokens }, text],
    [{ type: "citation", choice: 0, citation: { url: "https://example.com" } }, finish],
  ],
  "two choices": [
    [text, { ...text, choice: 1 }],
    [finish, { ...finish, choice: 1, reason: "length" }],
  ],
  "nothing at all": [[finish]],
};

const models = definePlugin({
  name: "listed",
  apply: ({ hooks }) =>
    hooks.listModels.tap("listed", (list) => [
      ...list,
      { id: "gemini/x:1", ownedBy: "google", contextWindow: 1000 },
    ]),
});

async function ask(path: string, body: object | undefined, batches: Batches): Promise<string> {
  const { plugin } = scriptedUpstream(() => batches);
  await using gateway = await startGateway({ plugins: [openai(), models, plugin] });
  const response = await fetch(
    gateway.url + path,
    body && {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    },
  );
  assert.equal(response.status, 200);
  return response.text();
}

function assertDescribed(target: Target, body: string): void {
  assert.deepEqual(validator.validate(target, JSON.parse(body)), [], body);
}

function assertStream(target: Target, stream: string): void {
  const payloads = readSseText(stream).map(({ data }) => data);
  assert.equal(payloads.at(-1), "[DONE]");
  assert.ok(payloads.length > 1);
  for (const payload of payloads.slice(0, -1)) assertDescribed(target, payload);
}

const chat = { model: "m", messages: [{ role: "user", content: "hi" }] };
const streamed = { stream: true, stream_options: { include_usage: true } };
const functions = { functions: [{ name: "weather" }] };

for (const [title, batches] of Object.entries(answers)) {
  for (const [client, more] of Object.entries({ today: {}, older: functions })) {
    const path = "/chat/completions";
    test(`chat for ${client}'s clients: ${title}`, async () => {
      const whole = await ask(`/v1${path}`, { ...chat, ...more }, batches);
      assertDescribed({ path, method: "POST", status: 200 }, whole);
      const stream = await ask(`/v1${path}`, { ...chat, ...more, ...streamed }, batches);
      assertStream({ path, method: "POST", status: 200, stream: true }, stream);
    });
  }
}

for (const title of ["text, with counts", "a refusal", "media and code", "two choices"]) {
  const path = "/completions";
  test(`completion: ${title}`, async () => {
    const body = { model: "m", prompt: "hi", echo: true };
    const batches = answers[title] ?? [];
    assertDescribed({ path, method: "POST", status: 200 }, await ask(`/v1${path}`, body, batches));
    assertStream(
      { path, method: "POST", status: 200, stream: true },
      await ask(`/v1${path}`, { ...body, ...streamed }, batches),
    );
  });
}

test("models, all and one", async () => {
  assertDescribed("ListModelsResponse", await ask("/v1/models", undefined, []));
  assertDescribed("Model", await ask("/v1/models/gemini%2Fx:1", undefined, []));
});
