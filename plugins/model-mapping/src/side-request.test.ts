import assert from "node:assert/strict";
import { test } from "node:test";
import type { ChatRequest, Message } from "@agproxy/core";
import { openGateway, plainChat, scriptedUpstream } from "@agproxy/core/testing";
import { modelMapping } from "./index.ts";
import { type SideRequest, sideRequest } from "./side-request.ts";

const message = (role: Message["role"], text: string): Message => ({
  role,
  content: [{ type: "text", text }],
});

const request = (messages: readonly Message[], more: Partial<ChatRequest> = {}): ChatRequest => ({
  model: "large",
  messages,
  stream: false,
  sampling: {},
  ...more,
});

const sides: readonly (readonly [SideRequest, readonly Message[]])[] = [
  [
    "title",
    [
      message("system", "You are a title generator. You output ONLY a thread title. Nothing else."),
      message("user", "Generate a title for this conversation:\n"),
      message("user", "Fix the build"),
    ],
  ],
  [
    "title",
    [
      message(
        "user",
        "### Task:\nGenerate a concise, 3-5 word title with an emoji summarizing the chat history.",
      ),
    ],
  ],
  [
    "title",
    [
      message("system", "Summarize the given session as a 10-word title using user language"),
      message("user", "[]"),
    ],
  ],
  [
    "title",
    [
      message("system", "将给定的对话总结为一个10字以内的标题，使用用户语言"),
      message("user", "[]"),
    ],
  ],
  [
    "title",
    [
      message(
        "user",
        "Provide a concise, 5-word-or-less title for the conversation, using title case conventions.",
      ),
    ],
  ],
  [
    "tags",
    [
      message(
        "user",
        "### Task:\nGenerate 1-3 broad tags categorizing the main themes of the chat history",
      ),
    ],
  ],
  [
    "follow-ups",
    [message("user", "### Task:\nSuggest 3-5 relevant follow-up questions or prompts")],
  ],
  [
    "summary",
    [
      message("system", "You are a helpful AI assistant tasked with summarizing conversations."),
      message("user", "…"),
    ],
  ],
];

test("what clients ask to keep house is told by how it begins", () => {
  for (const [side, messages] of sides) assert.equal(sideRequest(request(messages)), side);
  const one = request([message("user", "count")], { sampling: { maxTokens: 1 } });
  assert.equal(sideRequest(one), "token count");
});

test("a text that only speaks of titles is none, nor is a request with tools or for another medium", () => {
  const [, messages = []] = sides[0] ?? [];
  for (const other of [
    request([message("user", "Why does opencode say: You are a title generator?")]),
    request([message("user", "Generate a title page for my thesis")]),
    request([message("user", "Write a summary of this conversation")]),
    request([message("assistant", "You are a title generator."), message("user", "What?")]),
    request([]),
    request(messages, { tools: [{ name: "read" }] }),
    request(messages, { modalities: ["audio"] }),
    request(messages, { embedding: {} }),
  ]) {
    assert.equal(sideRequest(other), undefined);
  }
});

const title =
  "### Task:\nGenerate a concise, 3-5 word title with an emoji summarizing the chat history.";

async function asked(options: Parameters<typeof modelMapping>[0], prompt: string) {
  const upstream = scriptedUpstream("hello");
  await using gateway = await openGateway({
    plugins: [plainChat(), modelMapping(options), upstream.plugin],
  });
  const body = { model: "gpt-4o", text: prompt };
  const answer = await gateway.inject({ path: "/chat", body });
  return { answer, sent: upstream.sent[0], log: gateway.log };
}

test("a side request goes to the model of the rule, unchanged, and log and header say so", async () => {
  const { answer, sent, log } = await asked({ sideRequests: "small" }, title);
  assert.equal(sent?.model, "small");
  assert.deepEqual(sent?.request.messages, [message("user", title)]);
  assert.equal(answer.headers.get("x-mapped-model"), "small");
  const line = log.find(({ msg }) => msg === "a side request goes to another model");
  assert.deepEqual(
    [line?.["side"], line?.["instead"], line?.["model"]],
    ["title", "gemini-2.5-flash", "small"],
  );
  assert.ok(!JSON.stringify(log).includes("3-5 word"), "no text of a request is in the log");
});

test("without the rule, and for every other request, nothing is different", async () => {
  assert.equal((await asked({}, title)).sent?.model, "gemini-2.5-flash");
  const other = await asked({ sideRequests: "small" }, "Say hello");
  assert.equal(other.sent?.model, "gemini-2.5-flash");
});

test("the rule needs a model's name", () => {
  for (const sideRequests of ["", "gemini-*"]) {
    assert.throws(() => modelMapping({ sideRequests }), /`sideRequests`/);
  }
});
