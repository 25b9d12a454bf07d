import assert from "node:assert/strict";
import { test } from "node:test";
import type { ChatEvent } from "./answer.ts";
import { collect } from "./chat-stream.ts";

async function* stream(...batches: readonly (readonly ChatEvent[])[]) {
  yield* batches;
}

const text = (text: string, choice = 0): ChatEvent => ({ type: "text", choice, text });
const stop = (choice = 0): ChatEvent => ({ type: "finish", choice, reason: "stop" });

test("pieces of one run of text become one part", async () => {
  const answer = await collect(stream([text("a"), text("b")], [text("c"), stop()]));
  assert.deepEqual(answer.choices[0]?.content, [{ type: "text", text: "abc" }]);
});

test("a signature ends its part", async () => {
  const signed: ChatEvent = { type: "text", choice: 0, text: "b", signature: "s" };
  const answer = await collect(stream([text("a"), signed, text("c"), stop()]));
  assert.deepEqual(answer.choices[0]?.content, [
    { type: "text", text: "ab", signature: "s" },
    { type: "text", text: "c" },
  ]);
});

test("choices are kept apart, whatever order they come in", async () => {
  const answer = await collect(stream([text("b", 1), text("a"), stop(1)], [text("A"), stop()]));
  assert.deepEqual(
    answer.choices.map(({ content }) => content),
    [[{ type: "text", text: "aA" }], [{ type: "text", text: "b" }]],
  );
});

test("a stream without a finish is no answer", async () => {
  await assert.rejects(collect(stream([text("a")])), { code: "upstream_cut" });
  await assert.rejects(collect(stream()), { code: "upstream_cut" });
  await assert.rejects(collect(stream([text("b", 1), stop(1)])), { code: "upstream_cut" });
});
