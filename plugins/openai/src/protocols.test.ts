import assert from "node:assert/strict";
import { test } from "node:test";
import type { ChatEvent } from "@agproxy/core";
import {
  readSseText,
  scriptedUpstream,
  startGateway,
  textAnswer,
  type Script,
} from "@agproxy/core/testing";
import { openai } from "./index.ts";

async function post(path: string, body: object, script: Script): Promise<Response> {
  const upstream = scriptedUpstream(script);
  const gateway = await startGateway({ plugins: [openai(), upstream.plugin] });
  try {
    const response = await fetch(gateway.url + path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    return new Response(text, response);
  } finally {
    await gateway.close();
  }
}

const chat = { model: "m", messages: [{ role: "user", content: "hi" }] };

test("a chat, whole", async () => {
  const response = await post("/v1/chat/completions", { ...chat, logit_bias: { 1: 2 } }, () =>
    textAnswer("Hello there"),
  );
  assert.equal(response.headers.get("x-agproxy-ignored"), "logit_bias");
  const body = (await response.json()) as Record<string, unknown>;
  assert.equal(body["model"], "m");
  assert.match(String(body["id"]), /^chatcmpl-/);
  assert.match(JSON.stringify(body["choices"]), /"content":"Hello there"/);
});

test("a chat, streamed, ends in [DONE]", async () => {
  const response = await post("/v1/chat/completions", { ...chat, stream: true }, () =>
    textAnswer("Hello there"),
  );
  assert.match(response.headers.get("content-type") ?? "", /^text\/event-stream/);
  const events = readSseText(await response.text());
  assert.equal(events.at(-1)?.data, "[DONE]");
  assert.equal(events.length, 4);
});

test("a completion, whole and streamed", async () => {
  const body = { model: "m", prompt: "One", echo: true };
  const whole = await post("/v1/completions", body, () => textAnswer(" two"));
  assert.match(await whole.text(), /"text":"One two"/);
  const streamed = await post("/v1/completions", { ...body, stream: true }, () =>
    textAnswer(" two"),
  );
  assert.match(await streamed.text(), /"text":"One /);
});

for (const stream of [false, true]) {
  test(`an upstream that ends without content is an error, stream: ${stream}`, async () => {
    const end: ChatEvent = { type: "finish", choice: 0, reason: "other", detail: "NO_IMAGE" };
    const response = await post("/v1/chat/completions", { ...chat, stream }, () => [[end]]);
    assert.equal(response.status, 502);
    assert.match(await response.text(), /NO_IMAGE/);
  });
}

test("an upstream that dies in the middle ends in an error frame without [DONE]", async () => {
  const response = await post("/v1/chat/completions", { ...chat, stream: true }, function* () {
    yield [{ type: "text", choice: 0, text: "half" }];
    throw new Error("gone");
  });
  const events = readSseText(await response.text()).map(({ data }) => data);
  assert.equal(events.length, 2);
  assert.match(events[1] ?? "", /^\{"error":\{"message":/);
});

test("a wrong field is a 400 in the API's own form", async () => {
  const response = await post("/v1/chat/completions", { ...chat, temperature: "hot" }, () => []);
  assert.equal(response.status, 400);
  const { error } = (await response.json()) as { error: Record<string, unknown> };
  assert.equal(error["param"], "temperature");
  assert.equal(error["type"], "invalid_request_error");
});
