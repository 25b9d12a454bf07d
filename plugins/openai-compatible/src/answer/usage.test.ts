import assert from "node:assert/strict";
import { test } from "node:test";
import { usageOf } from "./usage.ts";

test("counts with their details", () => {
  const usage = {
    prompt_tokens: 10,
    completion_tokens: 7,
    total_tokens: 17,
    prompt_tokens_details: { cached_tokens: 4, audio_tokens: 2 },
    completion_tokens_details: { reasoning_tokens: 5, audio_tokens: 1 },
  };
  assert.deepEqual(usageOf(usage), {
    inputTokens: 10,
    outputTokens: 7,
    totalTokens: 17,
    cachedTokens: 4,
    reasoningTokens: 5,
    inputAudioTokens: 2,
    outputAudioTokens: 1,
  });
});

test("xAI counts reasoning beside the completion", () => {
  const usage = {
    prompt_tokens: 10,
    completion_tokens: 2,
    total_tokens: 17,
    completion_tokens_details: { reasoning_tokens: 5 },
  };
  assert.equal(usageOf(usage)?.outputTokens, 7);
  assert.equal(usageOf(usage)?.totalTokens, 17);
});

test("what a cache answered, in DeepSeek's and in Moonshot's words", () => {
  const counts = { prompt_tokens: 10, completion_tokens: 2 };
  assert.equal(usageOf({ ...counts, prompt_cache_hit_tokens: 6 })?.cachedTokens, 6);
  assert.equal(usageOf({ ...counts, cached_tokens: 3 })?.cachedTokens, 3);
});

test("some counts, or none", () => {
  assert.deepEqual(usageOf({ total_tokens: 5, completion_tokens: 2 }), {
    inputTokens: 3,
    outputTokens: 2,
    totalTokens: 5,
  });
  assert.equal(usageOf({ prompt_tokens: null, cost: 0.1 }), undefined);
});
