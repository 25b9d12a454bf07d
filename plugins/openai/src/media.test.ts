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

test("pictures in a text and in the words of another API are pictures", () => {
  const link = `![image](data:image/png;base64,${pixel})`;
  assert.deepEqual(answered([{ type: "text", text: `Here: ${link}` }]), [
    words("Here: "),
    picture(),
  ]);
  assert.deepEqual(asked(`${link}\nWhat is it?`), [picture(), words("\nWhat is it?")]);
  const foreign = { type: "image", base64: pixel, mime_type: "image/png" };
  assert.deepEqual(asked([foreign]), [picture()]);
});

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
