import assert from "node:assert/strict";
import { test } from "node:test";
import { AgproxyError, type Choice } from "@agproxy/core";
import { chatAnswer } from "./chat-answer.ts";
import { decodeChat, plainWish } from "./chat-request.ts";

const stamp = { id: "chatcmpl-1", created: 1700000000, model: "gpt-4o" };
const choice = (
  content: Choice["content"],
  finish: Choice["finish"] = { reason: "stop" },
): Choice => ({
  content,
  citations: [],
  logprobs: [],
  finish,
});

function answer(...choices: readonly Choice[]) {
  return chatAnswer({ choices }, stamp, plainWish);
}

const content = (...parts: Choice["content"]) => answer(choice(parts)).choices[0]?.message.content;

type Source = Extract<Choice["content"][number], { type: "media" }>["source"];
const link = (source: Source) => content({ type: "media", media: "file", source });

test("a whole answer carries every field the API documents", () => {
  assert.deepEqual(answer(choice([{ type: "text", text: "hi" }])), {
    ...stamp,
    object: "chat.completion",
    choices: [
      {
        index: 0,
        message: { role: "assistant", content: "hi", refusal: null, annotations: [] },
        logprobs: null,
        finish_reason: "stop",
      },
    ],
  });
});

test("content is null beside calls or a refusal, and empty where nothing was said", () => {
  assert.equal(content({ type: "tool-call", id: "a", name: "f", arguments: "{}" }), null);
  assert.equal(content({ type: "refusal", text: "no" }), null);
  assert.equal(content({ type: "reasoning", text: "hm" }), "");
});

test("an answer that a client would take for a good one throws", () => {
  for (const [reason, code] of [
    ["malformed-tool-call", "malformed_tool_call"],
    ["other", "upstream_failed"],
  ] as const) {
    assert.throws(
      () => answer(choice([], { reason, detail: "WHY" })),
      (error) => error instanceof AgproxyError && error.code === code,
    );
  }
});

test("a turn comes back as it went out: text, thoughts, calls and signatures", () => {
  const parts: Choice["content"] = [
    { type: "reasoning", text: "hm" },
    { type: "text", text: "hi", signature: "s1" },
    { type: "tool-call", id: "a", name: "f", arguments: '{"x":1}', signature: "s2" },
    { type: "tool-call", id: "b", name: "f", arguments: "{broken" },
  ];
  const message = answer(choice(parts)).choices[0]?.message;
  const sent = JSON.parse(JSON.stringify(message)) as object;
  const { request } = decodeChat({ model: "m", messages: [sent] });
  assert.deepEqual(request.messages[0]?.content, parts);
});

test("a medium without a type or content of its own is a plain link", () => {
  assert.equal(link({ kind: "url", url: "https://a/b" }), "[file](https://a/b)");
  assert.equal(link({ kind: "file", id: "files/1" }), "[file](files/1)");
  assert.equal(
    link({ kind: "data", data: "aGk=" }),
    "[file](data:application/octet-stream;base64,aGk=)",
  );
});
