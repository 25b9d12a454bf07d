import assert from "node:assert/strict";
import { test } from "node:test";
import type { Message, Part } from "@agproxy/core";
import { assistant, call, request, result, system, user } from "../fixtures/requests.ts";
import { serverKinds, type ServerName } from "../servers.ts";
import { chatBody } from "./chat-body.ts";

/** This server's signatures begin with a plus sign here. */
const unmark = (signature: string) => (signature.startsWith("+") ? signature.slice(1) : undefined);

function translated(messages: readonly Message[], server: ServerName = "other") {
  const { body, ignored } = chatBody(request({ messages }), "m", serverKinds[server], unmark);
  return { messages: body["messages"], ignored };
}

const png: Part = {
  type: "media",
  media: "image",
  mimeType: "image/png",
  source: { kind: "data", data: "iVBO" },
};
const pngUrl = { type: "image_url", image_url: { url: "data:image/png;base64,iVBO" } };

test("a text is a string, several parts are a list", () => {
  assert.deepEqual(translated([user("hi")]).messages, [{ role: "user", content: "hi" }]);
  assert.deepEqual(translated([user("look", png)]).messages, [
    { role: "user", content: [{ type: "text", text: "look" }, pngUrl] },
  ]);
  const { messages } = translated([{ ...user("hi"), name: "ada" }]);
  assert.deepEqual(messages, [{ role: "user", content: "hi", name: "ada" }]);
});

test("instructions at the start are one message for templates that take one, and stay apart for others", () => {
  const developer: Message = { ...system("b"), role: "developer" };
  const messages = [system("a"), developer, user("hi"), system("c")];
  const texts = [
    { type: "text", text: "a" },
    { type: "text", text: "b" },
  ];
  assert.deepEqual(translated(messages).messages, [
    { role: "system", content: texts },
    { role: "user", content: "hi" },
    { role: "system", content: "c" },
  ]);
  const apart = translated(messages, "openai").messages;
  assert.deepEqual(apart, [
    { role: "system", content: "a" },
    { role: "developer", content: "b" },
    { role: "user", content: "hi" },
    { role: "system", content: "c" },
  ]);
});

test("calls and their results", () => {
  const messages = [
    user("hi"),
    assistant("I look.", call("a", "f", '{"x":1}'), call("b", "g", "")),
    result("a", "sunny"),
    result("b"),
  ];
  assert.deepEqual(translated(messages).messages, [
    { role: "user", content: "hi" },
    {
      role: "assistant",
      content: "I look.",
      tool_calls: [
        { id: "a", type: "function", function: { name: "f", arguments: '{"x":1}' } },
        { id: "b", type: "function", function: { name: "g", arguments: "{}" } },
      ],
    },
    { role: "tool", tool_call_id: "a", content: "sunny" },
    { role: "tool", tool_call_id: "b", content: "" },
  ]);
});

test("media of results come after the last result, because nothing may stand between", () => {
  const messages = [
    assistant(call("a"), call("b")),
    result("a", "see", png),
    result("b", "no"),
    user("well?"),
  ];
  assert.deepEqual((translated(messages).messages as readonly object[]).slice(1), [
    { role: "tool", tool_call_id: "a", content: "see" },
    { role: "tool", tool_call_id: "b", content: "no" },
    { role: "user", content: [{ type: "text", text: "Media returned by f:" }, pngUrl] },
    { role: "user", content: "well?" },
  ]);
  assert.deepEqual((translated(messages, "agproxy").messages as readonly object[])[1], {
    role: "tool",
    tool_call_id: "a",
    content: [{ type: "text", text: "see" }, pngUrl],
  });
});

test("thoughts go back in the server's own field, or not at all", () => {
  const messages = [assistant({ type: "reasoning", text: "hm" }, "Hello", call("a"))];
  const field = (server: ServerName) => {
    const [first] = translated(messages, server).messages as readonly Record<string, unknown>[];
    return Object.keys(first ?? {}).filter((key) => key.startsWith("reasoning"));
  };
  assert.deepEqual(field("other"), ["reasoning_content"]);
  assert.deepEqual(field("openrouter"), ["reasoning"]);
  assert.deepEqual(field("openai"), []);
});

test("OpenRouter's reasoning details go back as they were, in place of the thoughts", () => {
  const details = [{ type: "reasoning.text", text: "hm", signature: "s" }];
  const signature = `+d${JSON.stringify(details)}`;
  const messages = [assistant({ type: "reasoning", text: "hm" }, call("a", "f", "{}", signature))];
  assert.deepEqual(translated(messages, "openrouter").messages, [
    {
      role: "assistant",
      content: null,
      tool_calls: [{ id: "a", type: "function", function: { name: "f", arguments: "{}" } }],
      reasoning_details: details,
    },
  ]);
});

const signed = (word: string) => ({ extra_content: { google: { thought_signature: word } } });

test("a gateway's signatures go back on what they sign, others' do not", () => {
  const messages = [
    assistant(
      { type: "text", text: "Hi", signature: "+sone" },
      call("a", "f", "{}", "+stwo"),
      call("b", "f", "{}", "foreign"),
    ),
  ];
  assert.deepEqual(translated(messages, "agproxy").messages, [
    {
      role: "assistant",
      content: "Hi",
      tool_calls: [
        { id: "a", type: "function", function: { name: "f", arguments: "{}" }, ...signed("two") },
        { id: "b", type: "function", function: { name: "f", arguments: "{}" } },
      ],
      ...signed("one"),
    },
  ]);
});

test("a refusal goes back, and a message of nothing does not", () => {
  assert.deepEqual(translated([assistant({ type: "refusal", text: "No." })]).messages, [
    { role: "assistant", content: null, refusal: "No." },
  ]);
  assert.deepEqual(translated([assistant(), user("hi")]).messages, [
    { role: "user", content: "hi" },
  ]);
  const thoughts = [assistant({ type: "reasoning", text: "hm" }), user("hi")];
  assert.deepEqual(translated(thoughts, "openai").messages, [{ role: "user", content: "hi" }]);
});

test("pictures of the model's go back where there is a field for them, and are noted elsewhere", () => {
  const messages = [assistant("Here.", png)];
  assert.deepEqual(translated(messages, "openrouter").messages, [
    { role: "assistant", content: "Here.", images: [pngUrl] },
  ]);
  const { messages: without, ignored } = translated(messages);
  assert.deepEqual(without, [{ role: "assistant", content: "Here." }]);
  assert.deepEqual(ignored, ["images"]);
});

test("code and searches of another vendor's are noted", () => {
  const code: Part = { type: "code", language: "python", code: "1" };
  const ran: Part = { type: "code-result", outcome: "ok", output: "1" };
  const { ignored } = translated([assistant(code, ran, { type: "search", queries: ["a"] }, "1.")]);
  assert.deepEqual(ignored, ["code", "code_result", "search"]);
});

const url = (address: string) => ({ kind: "url", url: address }) as const;

const media = (part: Partial<Part>, server: ServerName = "other") => {
  const whole = { type: "media", source: { kind: "data", data: "AAAA" }, ...part } as Part;
  const [message] = translated([user(whole)], server).messages as readonly {
    content: unknown[];
  }[];
  return message?.content[0];
};

test("media of every kind", () => {
  assert.deepEqual(media({ media: "image", source: url("https://a/b.png"), detail: "low" }), {
    type: "image_url",
    image_url: { url: "https://a/b.png", detail: "low" },
  });
  for (const [mimeType, format] of [
    ["audio/mpeg", "mp3"],
    ["audio/x-wav", "wav"],
    ["audio/flac", "flac"],
  ] as const) {
    assert.deepEqual(media({ media: "audio", mimeType }), {
      type: "input_audio",
      input_audio: { data: "AAAA", format },
    });
  }
  assert.deepEqual(media({ media: "audio", source: url("https://a/b.mp3") }), {
    type: "audio_url",
    audio_url: { url: "https://a/b.mp3" },
  });
  assert.deepEqual(media({ media: "video" }), {
    type: "video_url",
    video_url: { url: "data:video/mp4;base64,AAAA" },
  });
  assert.deepEqual(media({ media: "file", filename: "a.pdf" }), {
    type: "file",
    file: { filename: "a.pdf", file_data: "data:application/pdf;base64,AAAA" },
  });
  assert.deepEqual(media({ media: "file", source: { kind: "file", id: "file-1" } }), {
    type: "file",
    file: { file_id: "file-1" },
  });
  assert.deepEqual(media({ media: "file", source: url("https://a/b.pdf") }, "agproxy"), {
    type: "file",
    file: { file_url: "https://a/b.pdf" },
  });
  const impossible = { media: "audio", source: url("https://a/b.mp3") } as const;
  assert.throws(() => media(impossible, "openai"), { code: "invalid_request", param: "messages" });
  const uploaded = { media: "image", source: { kind: "file", id: "f" } } as const;
  assert.throws(() => media(uploaded), /takes no uploaded image/);
});
