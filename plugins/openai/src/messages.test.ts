import assert from "node:assert/strict";
import { test } from "node:test";
import { AgproxyError, type Message, type Part } from "@agproxy/core";
import { decodeChat } from "./chat-request.ts";

function messages(...list: readonly object[]): readonly Message[] {
  return decodeChat({ model: "m", messages: list }).request.messages;
}

function parts(content: unknown, role = "user"): readonly Part[] {
  return messages({ role, content })[0]?.content ?? [];
}

const signed = (signature: string) => ({
  extra_content: { google: { thought_signature: signature } },
});

const png = "data:image/png;base64,aGk=";

test("every role of the API", () => {
  const roles = ["system", "developer", "user", "assistant"] as const;
  for (const role of roles) {
    assert.deepEqual(messages({ role, content: "x", name: "n" }), [
      { role, content: [{ type: "text", text: "x" }], name: "n" },
    ]);
  }
});

for (const [title, part, expected] of [
  ["text", { type: "text", text: "a" }, { type: "text", text: "a" }],
  ["input_text", { type: "input_text", text: "a" }, { type: "text", text: "a" }],
  ["a bare string", "a", { type: "text", text: "a" }],
  ["refusal", { type: "refusal", refusal: "no" }, { type: "refusal", text: "no" }],
  [
    "image as data",
    { type: "image_url", image_url: { url: png, detail: "low" } },
    {
      type: "media",
      media: "image",
      mimeType: "image/png",
      source: { kind: "data", data: "aGk=" },
      detail: "low",
    },
  ],
  [
    "image at an address",
    { type: "image_url", image_url: "https://a/b.png" },
    { type: "media", media: "image", source: { kind: "url", url: "https://a/b.png" } },
  ],
  [
    "input_image",
    { type: "input_image", image_url: png, detail: "high" },
    {
      type: "media",
      media: "image",
      mimeType: "image/png",
      source: { kind: "data", data: "aGk=" },
      detail: "high",
    },
  ],
  [
    "input_image by file",
    { type: "input_image", file_id: "f" },
    { type: "media", media: "image", source: { kind: "file", id: "f" } },
  ],
  [
    "percent-encoded data",
    { type: "image_url", image_url: { url: "data:image/svg+xml;charset=utf-8,%3Csvg/%3E" } },
    {
      type: "media",
      media: "image",
      mimeType: "image/svg+xml",
      source: { kind: "data", data: Buffer.from("<svg/>").toString("base64") },
    },
  ],
  [
    "audio",
    { type: "input_audio", input_audio: { data: "aGk=", format: "mp3" } },
    {
      type: "media",
      media: "audio",
      mimeType: "audio/mp3",
      source: { kind: "data", data: "aGk=" },
    },
  ],
  [
    "video",
    { type: "video_url", video_url: { url: "gs://bucket/v.mp4" } },
    { type: "media", media: "video", source: { kind: "url", url: "gs://bucket/v.mp4" } },
  ],
  [
    "file as a data URL",
    { type: "file", file: { file_data: "data:application/pdf;base64,aGk=", filename: "a.pdf" } },
    {
      type: "media",
      media: "file",
      mimeType: "application/pdf",
      source: { kind: "data", data: "aGk=" },
      filename: "a.pdf",
    },
  ],
  [
    "file as bare base64",
    { type: "file", file: { file_data: "aGk=", filename: "notes.TXT" } },
    {
      type: "media",
      media: "file",
      mimeType: "text/plain",
      source: { kind: "data", data: "aGk=" },
      filename: "notes.TXT",
    },
  ],
  [
    "file by id",
    { type: "file", file: { file_id: "files/1" } },
    { type: "media", media: "file", source: { kind: "file", id: "files/1" } },
  ],
  [
    "input_file at an address",
    { type: "input_file", file_url: "https://a/b.pdf" },
    { type: "media", media: "file", source: { kind: "url", url: "https://a/b.pdf" } },
  ],
  [
    "an unknown part as the JSON it is",
    { type: "hologram", depth: 3 },
    { type: "text", text: '{"type":"hologram","depth":3}' },
  ],
  [
    "an unknown part with text as that text",
    { type: "note", text: "a" },
    { type: "text", text: "a" },
  ],
  [
    "an image without an address as the JSON it is",
    { type: "image_url", image_url: null },
    { type: "text", text: '{"type":"image_url","image_url":null}' },
  ],
] as const) {
  test(`content: ${title}`, () => assert.deepEqual(parts([null, part]), [expected]));
}

for (const [url, param] of [
  ["/etc/passwd", "messages[0].content[1].image_url.url"],
  ["file:///etc/passwd", "messages[0].content[1].image_url.url"],
  ["data:image/png;base64", "messages[0].content[1].image_url.url"],
  [7, "messages[0].content[1].image_url.url"],
] as const) {
  test(`an image at ${url} is refused by name`, () => {
    assert.throws(
      () => parts(["look", { type: "image_url", image_url: { url } }]),
      (error) => error instanceof AgproxyError && error.param === param,
    );
  });
}

test("an image_url of a wrong type is named as a whole", () => {
  assert.throws(
    () => parts(["look", { type: "image_url", image_url: 7 }]),
    (error) => error instanceof AgproxyError && error.param === "messages[0].content[1].image_url",
  );
});

test("an assistant's turn keeps order, signatures and unparsable arguments", () => {
  const [turn] = messages({
    role: "assistant",
    content: "text",
    reasoning_content: "thought",
    refusal: null,
    tool_calls: [
      { id: "a", type: "function", function: { name: "f", arguments: '{"x":' }, ...signed("s1") },
      { id: "b", type: "function", function: { name: "g", arguments: {} } },
      { type: "custom", id: "c", custom: { name: "h", input: "raw" } },
    ],
    ...signed("s2"),
  });
  assert.deepEqual(turn?.content, [
    { type: "reasoning", text: "thought" },
    { type: "text", text: "text", signature: "s2" },
    { type: "tool-call", id: "a", name: "f", arguments: '{"x":', signature: "s1" },
    { type: "tool-call", id: "b", name: "g", arguments: "{}" },
    { type: "tool-call", id: "c", name: "h", arguments: '{"input":"raw"}' },
  ]);
});

test("a call's signature that a client copied onto the message stays the call's alone", () => {
  const call = { id: "c", type: "function", function: { name: "f", arguments: "{}" } };
  const [message] = messages({
    role: "assistant",
    content: null,
    tool_calls: [{ ...call, ...signed("s") }],
    ...signed("s"),
  });
  assert.deepEqual(message?.content, [
    { type: "tool-call", id: "c", name: "f", arguments: "{}", signature: "s" },
  ]);
});

test("a signature with no text to stand on gets an empty one", () => {
  assert.deepEqual(messages({ role: "assistant", content: null, ...signed("s") })[0]?.content, [
    { type: "text", text: "", signature: "s" },
  ]);
});

test("results as text and as parts, by id", () => {
  const tool_calls = [
    { id: "a", type: "function", function: { name: "f", arguments: "{}" } },
    { id: "b", type: "function", function: { name: "g", arguments: "{}" } },
  ];
  const list = messages(
    { role: "assistant", content: "", tool_calls },
    { role: "tool", tool_call_id: "b", content: [{ type: "text", text: "B" }] },
    { role: "tool", tool_call_id: "a", content: "A" },
  );
  assert.deepEqual(list.slice(1), [
    {
      role: "tool",
      content: [
        { type: "tool-result", callId: "b", name: "g", content: [{ type: "text", text: "B" }] },
      ],
    },
    {
      role: "tool",
      content: [
        { type: "tool-result", callId: "a", name: "f", content: [{ type: "text", text: "A" }] },
      ],
    },
  ]);
});

test("the older API's calls and results find each other by name", () => {
  const call = { name: "f", arguments: '{"a":1}' };
  const list = messages(
    { role: "assistant", content: null, function_call: call },
    { role: "function", name: "f", content: "1" },
    { role: "assistant", content: null, function_call: call },
    { role: "function", name: "f", content: "2" },
  );
  const ids = list.map(({ content: [part] }) =>
    part?.type === "tool-call" ? part.id : part?.type === "tool-result" ? part.callId : undefined,
  );
  assert.deepEqual(ids, ["call_0_0", "call_0_0", "call_2_0", "call_2_0"]);
});

test("a reference to an earlier spoken answer is named as ignored", () => {
  const { ignored } = decodeChat({
    model: "m",
    messages: [{ role: "assistant", audio: { id: "x" } }],
  });
  assert.deepEqual(ignored, ["messages[0].audio"]);
});
