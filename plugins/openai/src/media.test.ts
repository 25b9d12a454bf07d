import assert from "node:assert/strict";
import { test } from "node:test";
import { AgproxyError, type ChatEvent, type Choice, type Part, SseDecoder } from "@agproxy/core";
import { chatAnswer } from "./chat-answer.ts";
import { decodeChat, type ImagePlace, plainWish } from "./chat-request.ts";
import { chatStream } from "./chat-stream.ts";

const head = { id: "chatcmpl-1", created: 1700000000, model: "m" };

/** One pixel. */
const pixel =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGBgAAAABQABpfZFQAAAAABJRU5ErkJggg==";
const picture = (data = pixel, mimeType = "image/png"): Part => ({
  type: "media",
  media: "image",
  mimeType,
  source: { kind: "data", data },
});
const words = (text: string): Part => ({ type: "text", text });

function contentOf(message: object): readonly Part[] {
  return decodeChat({ model: "m", messages: [message] }).request.messages[0]?.content ?? [];
}

const answered = (content: unknown, more: object = {}) =>
  contentOf({ role: "assistant", content, ...more });
const asked = (content: unknown) => contentOf({ role: "user", content });

test("a picture in the text of an earlier answer is a picture again", () => {
  const link = `![image](data:image/png;base64,${pixel})`;
  assert.deepEqual(answered(`Here: ${link} and ${link}.`), [
    words("Here: "),
    picture(),
    words(" and "),
    picture(),
    words("."),
  ]);
  assert.deepEqual(answered([{ type: "text", text: link }]), [picture()]);
  assert.deepEqual(asked(`${link}\nWhat is it?`), [picture(), words("\nWhat is it?")]);
});

test("sound and files in the text of an earlier answer are media again", () => {
  assert.deepEqual(answered("[audio](data:audio/L16;codec=pcm;rate=24000;base64,AAAA)"), [
    {
      type: "media",
      media: "audio",
      mimeType: "audio/l16;codec=pcm;rate=24000",
      source: { kind: "data", data: "AAAA" },
    },
  ]);
  assert.deepEqual(answered("[file](data:application/pdf;base64,JVBERi0=)"), [
    {
      type: "media",
      media: "file",
      mimeType: "application/pdf",
      source: { kind: "data", data: "JVBERi0=" },
    },
  ]);
});

test("a picture that an answer wrote comes back with its signature", () => {
  const content: Choice["content"] = [
    { type: "text", text: "Here:" },
    {
      type: "media",
      media: "image",
      mimeType: "image/png",
      source: { kind: "data", data: pixel },
      signature: "s",
    },
  ];
  const choice: Choice = { content, citations: [], logprobs: [], finish: { reason: "stop" } };
  for (const images of ["content", "field"] as const) {
    const { choices } = chatAnswer({ choices: [choice] }, head, { ...plainWish, images });
    assert.deepEqual(contentOf(JSON.parse(JSON.stringify(choices[0]?.message)) as object), content);
  }
});

for (const [title, text] of [
  ["a link that is no data URI", "[a](https://a/b.png)"],
  ["a data URI without a link", `data:image/png;base64,${pixel}`],
  ["a shortened one", "![image](data:image/png;base64,iVBORw0K...)"],
  ["one that is not closed", `![image](data:image/png;base64,${pixel}`],
  ["one that is no base64", "![image](data:image/svg+xml,%3Csvg/%3E)"],
  ["a link without a label", `](data:image/png;base64,${pixel})`],
] as const) {
  test(`text stays text: ${title}`, () => {
    assert.deepEqual(answered(text), [words(text)]);
    assert.deepEqual(asked(text), [words(text)]);
  });
}

test("what a user quotes stays text where it is no medium", () => {
  for (const text of [
    "Why is `![x](data:image/png;base64,AAAA)` broken?",
    "![x](data:image/svg+xml;base64,PHN2Zy8+)",
  ]) {
    assert.deepEqual(asked(text), [words(text)]);
  }
});

// Quadratic work would take minutes.
test("links are found in linear time", { timeout: 60_000 }, () => {
  for (const piece of ["](data:", "[](data:image/png;base64,A", "[", `![a](data:a/b;base64,A)`]) {
    assert.ok(answered(piece.repeat(300_000)).length > 0);
  }
});

const located = (source: object, more: object = {}) => ({ type: "media", ...more, source });

for (const [title, part, expected] of [
  [
    "Anthropic's image",
    { type: "image", source: { type: "base64", media_type: "image/png", data: pixel } },
    picture(),
  ],
  [
    "Anthropic's image at an address",
    { type: "image", source: { type: "url", url: "https://a/b.png" } },
    located({ kind: "url", url: "https://a/b.png" }, { media: "image" }),
  ],
  [
    "Anthropic's document",
    {
      type: "document",
      title: "a.pdf",
      source: { type: "base64", media_type: "application/pdf", data: "JVBERi0=" },
    },
    located(
      { kind: "data", data: "JVBERi0=" },
      { media: "file", mimeType: "application/pdf", filename: "a.pdf" },
    ),
  ],
  [
    "Anthropic's document of text",
    { type: "document", source: { type: "text", media_type: "text/plain", data: "Hi." } },
    words("Hi."),
  ],
  [
    "LangChain's image",
    { type: "image", source_type: "base64", mime_type: "image/png", data: pixel },
    picture(),
  ],
  [
    "LangChain's image of version 1",
    { type: "image", base64: pixel, mime_type: "image/png" },
    picture(),
  ],
  [
    "the AI SDK's file",
    { type: "file", data: "UklGRg==", mediaType: "audio/wav" },
    located({ kind: "data", data: "UklGRg==" }, { media: "audio", mimeType: "audio/wav" }),
  ],
  ["the AI SDK's image", { type: "image", image: `data:image/png;base64,${pixel}` }, picture()],
  ["Google's inline data", { inlineData: { mimeType: "image/png", data: pixel } }, picture()],
  [
    "Google's file",
    { file_data: { mime_type: "video/mp4", file_uri: "https://a/files/1" } },
    located({ kind: "url", url: "https://a/files/1" }, { media: "video", mimeType: "video/mp4" }),
  ],
] as const) {
  test(`foreign words for a medium: ${title}`, () => {
    assert.deepEqual(asked([part]), [expected]);
  });
}

function decode(part: object) {
  return decodeChat({ model: "m", messages: [{ role: "user", content: ["hi", part] }] });
}

test("a part that is not understood is named, and a large one is refused", () => {
  const small = { type: "mood", mood: "glad" };
  const { request, ignored } = decode(small);
  assert.deepEqual(request.messages[0]?.content, [words("hi"), words(JSON.stringify(small))]);
  assert.deepEqual(ignored, ["messages[0].content[1]"]);
  assert.throws(
    () => decode({ type: "hologram", content: "A".repeat(1_000_000) }),
    (error) =>
      error instanceof AgproxyError &&
      error.status === 400 &&
      error.param === "messages[0].content[1]" &&
      error.message.includes('"hologram"'),
  );
});

type Delta = Readonly<Record<string, unknown>>;

/** The wire of a stream, and its deltas. */
function stream(events: readonly ChatEvent[], images: ImagePlace = "content") {
  const encoder = chatStream(head, { ...plainWish, images, customTools: new Set(["free"]) });
  const wire = encoder.batch([...events, { type: "finish", choice: 0, reason: "stop" }]);
  const deltas: Delta[] = [];
  const decoder = new SseDecoder((data) => {
    const { choices } = JSON.parse(data) as { choices: readonly { delta: Delta }[] };
    for (const { delta } of choices) deltas.push(delta);
  });
  decoder.read(Buffer.from(wire));
  decoder.end();
  return { deltas, longestLine: Math.max(...wire.split("\n").map((line) => line.length)) };
}

test("no line of a stream is longer than 64 KiB", () => {
  const long = '"\u0001é😀'.repeat(100_000);
  const data = "A".repeat(1_400_000);
  const events: readonly ChatEvent[] = [
    { type: "text", choice: 0, text: long },
    { type: "media", choice: 0, media: "image", mimeType: "image/png", data, signature: "s" },
    { type: "tool-call", choice: 0, id: "c1", name: "f", arguments: JSON.stringify({ long }) },
    {
      type: "tool-call",
      choice: 0,
      id: "c2",
      name: "free",
      arguments: JSON.stringify({ input: long }),
    },
    {
      type: "logprobs",
      choice: 0,
      tokens: Array.from({ length: 500 }, () => ({
        token: "a",
        logprob: 0,
        top: Array.from({ length: 20 }, () => ({ token: "b", logprob: -1 })),
      })),
    },
    ...Array.from({ length: 500 }, (_, index) => ({
      type: "citation" as const,
      choice: 0,
      citation: { url: `https://a/${index}/${"x".repeat(500)}` },
    })),
  ];
  const { deltas, longestLine } = stream(events);
  assert.ok(longestLine <= 64 * 1024, `${longestLine}`);
  const content = deltas.map((delta) => (delta["content"] as string | null) ?? "").join("");
  assert.equal(content, `${long}![image](data:image/png;base64,${data})`);
  const calls = deltas.flatMap((delta) => (delta["tool_calls"] as Call[] | undefined) ?? []);
  const joined = (index: number, read: (call: Call) => string | undefined) =>
    calls.flatMap((call) => (call.index === index ? [read(call) ?? ""] : [])).join("");
  assert.equal(
    joined(0, (call) => call.function?.arguments),
    JSON.stringify({ long }),
  );
  assert.equal(
    joined(1, (call) => call.custom?.input),
    long,
  );
  assert.deepEqual(
    calls.flatMap((call) => call.id ?? []),
    ["c1", "c2"],
  );
  assert.equal(deltas.flatMap((delta) => delta["annotations"] ?? []).length, 500);
  const signed = deltas.filter((delta) => "extra_content" in delta);
  assert.equal(signed.length, 1);
});

interface Call {
  readonly index: number;
  readonly id?: string;
  readonly function?: { readonly arguments: string };
  readonly custom?: { readonly input: string };
}

test("pictures come in a field of their own where the option asks for it", () => {
  const image = {
    type: "media",
    choice: 0,
    media: "image",
    mimeType: "image/png",
    data: pixel,
    signature: "s",
  } as const;
  const url = `data:image/png;base64,${pixel}`;
  const wired = (index: number) => ({ type: "image_url", image_url: { url }, index });
  const extra_content = { google: { thought_signature: "s" } };
  assert.deepEqual(stream([image, image], "field").deltas, [
    { role: "assistant", content: null, images: [wired(0)], extra_content },
    { images: [wired(1)], extra_content },
    {},
  ]);
});
