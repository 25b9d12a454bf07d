import assert from "node:assert/strict";
import { test } from "node:test";
import type { ChatRequest, Part, Sampling } from "@agproxy/core";
import { estimateUsage } from "./estimate.ts";

const request = (parts: readonly Part[], sampling: Sampling = {}): ChatRequest => ({
  model: "m",
  messages: [{ role: "user", content: parts }],
  stream: false,
  sampling,
});
const text = (length: number): Part => ({ type: "text", text: "x".repeat(length) });
const image: Part = {
  type: "media",
  media: "image",
  source: { kind: "data", data: "A".repeat(1_000_000) },
};

test("four characters are a token, a picture is three hundred, whatever its bytes", () => {
  assert.equal(estimateUsage(request([text(8), text(1)])).inputTokens, 3);
  assert.equal(estimateUsage(request([image])).inputTokens, 300);
  const result: Part = {
    type: "tool-result",
    callId: "1",
    content: [{ type: "text", text: "12345678" }],
  };
  assert.equal(estimateUsage(request([result])).inputTokens, 2);
});

test("an answer is taken to need its limit, up to 4,096 tokens, or 1,024 without one", () => {
  assert.equal(estimateUsage(request([])).outputTokens, 1024);
  assert.equal(estimateUsage(request([], { maxTokens: 10 })).outputTokens, 10);
  assert.equal(estimateUsage(request([], { maxAnswerTokens: 10 })).outputTokens, 10);
  assert.equal(estimateUsage(request([], { maxTokens: 100_000 })).outputTokens, 4096);
  assert.equal(estimateUsage(request([], { maxTokens: 10, choices: 3 })).outputTokens, 30);
});

test("an embedding has no answer", () => {
  const { outputTokens } = estimateUsage({ ...request([text(8)]), embedding: {} });
  assert.equal(outputTokens, 0);
});
