import assert from "node:assert/strict";
import { test } from "node:test";
import { AgproxyError, type ChatEvent } from "@agproxy/core";
import { readSseText } from "@agproxy/core/testing";
import { completionAnswer } from "./completion-answer.ts";
import { decodeCompletion } from "./completion-request.ts";
import { completionStream } from "./completion-stream.ts";

const stamp = { id: "cmpl-1", created: 1700000000, model: "gpt-3.5-turbo-instruct" };
const counts = { inputTokens: 1, outputTokens: 2, totalTokens: 3 };

test("a prompt, as text or in a list of one, becomes a user's message", () => {
  for (const prompt of ["hi", ["hi"]]) {
    const { request, requests, ignored } = decodeCompletion({
      model: "m",
      prompt,
      max_tokens: 5,
      n: 2,
      stop: ["a"],
      suffix: "end",
      best_of: 3,
      logprobs: 2,
    });
    assert.deepEqual(request, {
      model: "m",
      messages: [{ role: "user", content: [{ type: "text", text: "hi" }] }],
      stream: false,
      sampling: { maxAnswerTokens: 5, choices: 2, stop: ["a"] },
      reasoning: { include: false },
    });
    assert.deepEqual(requests, [request]);
    assert.deepEqual(ignored, ["best_of", "logprobs", "suffix"]);
  }
});

for (const prompt of [undefined, "", [], ["a", ""], [1, 2], [[1, 2]], 5, Array(129).fill("a")]) {
  test(`prompt ${JSON.stringify(prompt)?.slice(0, 20)} is a 400 that names it`, () => {
    assert.throws(
      () => decodeCompletion({ model: "m", prompt }),
      (error) => error instanceof AgproxyError && error.param?.startsWith("prompt") === true,
    );
  });
}

test("a whole answer begins with the prompt where echo asks for it", () => {
  const { wish } = decodeCompletion({ model: "m", prompt: "One", echo: true });
  const choice = {
    content: [
      { type: "reasoning", text: "hm" },
      { type: "text", text: " two" },
    ],
    citations: [],
    logprobs: [],
    finish: { reason: "length" },
  } as const;
  assert.deepEqual(completionAnswer({ choices: [choice], usage: counts }, stamp, wish), {
    ...stamp,
    object: "text_completion",
    choices: [{ text: "One two", index: 0, logprobs: null, finish_reason: "length" }],
    usage: {
      prompt_tokens: 1,
      completion_tokens: 2,
      total_tokens: 3,
      prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
      completion_tokens_details: {
        reasoning_tokens: 0,
        audio_tokens: 0,
        accepted_prediction_tokens: 0,
        rejected_prediction_tokens: 0,
      },
    },
  });
});

const piece = (text: string, index: number, finish_reason: string | null = null) => ({
  text,
  index,
  logprobs: null,
  finish_reason,
});

test("a stream, with two choices, echo and counts", () => {
  const encoder = completionStream(stamp, { includeUsage: true, choices: 2, prefix: () => ">" });
  const events: readonly ChatEvent[] = [
    { type: "text", choice: 0, text: 'a"' },
    { type: "reasoning", choice: 1, text: "hm" },
    { type: "text", choice: 0, text: "b" },
    { type: "finish", choice: 0, reason: "stop" },
    { type: "finish", choice: 1, reason: "length" },
    { type: "finish", choice: 1, reason: "stop" },
    { type: "usage", usage: counts },
  ];
  const frames = readSseText(encoder.batch(events) + encoder.end()).map(({ data }) => data);
  assert.equal(frames.at(-1), "[DONE]");
  const chunks = frames.slice(0, -1).map((data) => JSON.parse(data) as Record<string, unknown>);
  assert.deepEqual(
    chunks.flatMap(({ choices }) => choices),
    [piece('>a"', 0), piece("b", 0), piece("", 0, "stop"), piece(">", 1), piece("", 1, "length")],
  );
  assert.ok(chunks.every(({ object }) => object === "text_completion"));
  assert.ok(chunks.slice(0, -1).every(({ usage }) => usage === null));
  assert.match(JSON.stringify(chunks.at(-1)?.["usage"]), /"total_tokens":3/);
});

test("a refusal is never written into a completion: an editor would insert it", () => {
  const choice = {
    content: [{ type: "refusal", text: "I cannot do that." }],
    citations: [],
    logprobs: [],
    finish: { reason: "stop" },
  } as const;
  const wish = { includeUsage: false, choices: 1, prefix: () => "" };
  const { choices } = completionAnswer({ choices: [choice] }, stamp, wish);
  assert.deepEqual(choices, [piece("", 0, "content_filter")]);

  const encoder = completionStream(stamp, wish);
  const wire = encoder.batch([
    { type: "refusal", choice: 0, text: "I cannot do that." },
    { type: "finish", choice: 0, reason: "stop" },
  ]);
  const [frame] = readSseText(wire + encoder.end());
  assert.deepEqual((JSON.parse(frame?.data ?? "") as { choices: unknown }).choices, [
    piece("", 0, "content_filter"),
  ]);
});

test("a long echo is no long line", () => {
  const prefix = "\u0001".repeat(200_000);
  const encoder = completionStream(stamp, {
    includeUsage: false,
    choices: 1,
    prefix: () => prefix,
  });
  const wire = encoder.batch([
    { type: "text", choice: 0, text: "a" },
    { type: "finish", choice: 0, reason: "stop" },
  ]);
  assert.ok(Math.max(...wire.split("\n").map((line) => line.length)) <= 64 * 1024);
  const texts = readSseText(wire).map(({ data }) => {
    const { choices } = JSON.parse(data) as { choices: readonly { text: string }[] };
    return choices[0]?.text;
  });
  assert.equal(texts.join(""), `${prefix}a`);
});
