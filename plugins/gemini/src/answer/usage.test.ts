import assert from "node:assert/strict";
import { test } from "node:test";
import { eventsOf, stop } from "../fixtures/answers.ts";
import { usageOf } from "./usage.ts";

test("thoughts are output, what tools put in is input, and the sum is right", () => {
  const usage = usageOf({
    promptTokenCount: 10,
    toolUsePromptTokenCount: 5,
    candidatesTokenCount: 3,
    thoughtsTokenCount: 20,
    cachedContentTokenCount: 4,
    totalTokenCount: 1,
    promptTokensDetails: [
      { modality: "TEXT", tokenCount: 8 },
      { modality: 4, tokenCount: 2 },
    ],
    candidatesTokensDetails: [{ modality: "AUDIO", tokenCount: 3 }],
  });
  assert.deepEqual(usage, {
    inputTokens: 15,
    outputTokens: 23,
    totalTokens: 38,
    cachedTokens: 4,
    reasoningTokens: 20,
    inputAudioTokens: 2,
    outputAudioTokens: 3,
  });
});

const counts = (metadata: Record<string, unknown>) => {
  const usage = usageOf(metadata);
  return [usage?.inputTokens, usage?.outputTokens, usage?.totalTokens];
};

test("what is missing is worked out where it can be", () => {
  assert.deepEqual(counts({ promptTokenCount: 6 }), [6, 0, 6]);
  assert.deepEqual(counts({ promptTokenCount: 6, totalTokenCount: 10 }), [6, 4, 10]);
  assert.deepEqual(counts({ candidatesTokenCount: 4, totalTokenCount: 10 }), [6, 4, 10]);
  assert.deepEqual(counts({ promptTokenCount: 6, thoughtsTokenCount: 4 }), [6, 4, 10]);
  assert.equal(usageOf({ trafficType: "ON_DEMAND" }), undefined);
  assert.equal(usageOf({ promptTokenCount: null }), undefined);
});

test("the last count is told once, last, and metadata that counts nothing does not hide it", async () => {
  const events = await eventsOf(
    { usageMetadata: { promptTokenCount: 1 } },
    { ...stop, usageMetadata: { promptTokenCount: 2, candidatesTokenCount: 3 } },
    { usageMetadata: { trafficType: "ON_DEMAND" } },
  );
  assert.deepEqual(events.slice(1), [
    { type: "usage", usage: { inputTokens: 2, outputTokens: 3, totalTokens: 5 } },
  ]);
});
