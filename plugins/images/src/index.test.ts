import assert from "node:assert/strict";
import { test } from "node:test";
import type { ChatEvent } from "@agproxy/core";
import { readSseText, scriptedUpstream, startGateway } from "@agproxy/core/testing";
import { images } from "./index.ts";

const png: ChatEvent = {
  type: "media",
  choice: 0,
  media: "image",
  mimeType: "image/png",
  data: "cG5n",
};
const jpeg: ChatEvent = { ...png, mimeType: "image/jpeg", data: "anBn" };
const finish: ChatEvent = { type: "finish", choice: 0, reason: "stop" };
const usage: ChatEvent = {
  type: "usage",
  usage: { inputTokens: 7, outputTokens: 1290, totalTokens: 1297 },
};
const wireUsage = {
  input_tokens: 7,
  output_tokens: 1290,
  total_tokens: 1297,
  input_tokens_details: { text_tokens: 7, image_tokens: 0 },
};

async function ask(path: string, body: object | FormData, ...events: readonly ChatEvent[]) {
  const upstream = scriptedUpstream(() => events.map((event) => [event]));
  await using gateway = await startGateway({ plugins: [images(), upstream.plugin] });
  const isForm = body instanceof FormData;
  const response = await fetch(`${gateway.url}/v1/images/${path}`, {
    method: "POST",
    ...(isForm ? {} : { headers: { "content-type": "application/json" } }),
    body: isForm ? body : JSON.stringify(body),
  });
  const text = await response.text();
  return { response, text, sent: upstream.sent[0]?.request };
}

function form(fields: Readonly<Record<string, string | Blob>>): FormData {
  const made = new FormData();
  for (const [key, value] of Object.entries(fields)) made.append(key, value);
  return made;
}

test("a drawing request in the vocabulary", async () => {
  const { sent, text } = await ask(
    "generations",
    { prompt: "a cat", n: 2, size: "1536x1024", quality: "high", user: "u" },
    png,
    { ...jpeg, choice: 1 },
    finish,
    { ...finish, choice: 1 },
    usage,
  );
  assert.deepEqual(sent, {
    model: "gpt-image-1",
    messages: [{ role: "user", content: [{ type: "text", text: "a cat" }] }],
    stream: false,
    sampling: { choices: 2 },
    modalities: ["image"],
    reasoning: { include: false },
    image: { size: "1536x1024", quality: "high" },
    user: "u",
  });
  const { created, ...answer } = JSON.parse(text) as { created: unknown };
  assert.equal(typeof created, "number");
  assert.deepEqual(answer, {
    data: [{ b64_json: "cG5n" }, { b64_json: "anBn" }],
    output_format: "png",
    usage: wireUsage,
  });
});

test("what is left to the model is not said", async () => {
  const body = { prompt: "a cat", size: "auto", quality: "AUTO", n: 1, aspect_ratio: null };
  const { sent, response } = await ask("generations", body, png, finish);
  assert.equal(sent?.image, undefined);
  assert.deepEqual(sent?.sampling, {});
  assert.equal(response.headers.get("x-agproxy-ignored"), null);
});

test("a ratio and the upstream's own fields travel", async () => {
  const body = { prompt: "a cat", aspect_ratio: "16:9", extra_body: { google: { a: 1 } } };
  const { sent } = await ask("generations", body, png, finish);
  assert.deepEqual(sent?.image, { aspectRatio: "16:9" });
  assert.deepEqual(sent?.extensions, { google: { a: 1 } });
});

const formats: readonly [body: object, field: string][] = [
  [{}, "b64_json"],
  [{ model: "gpt-image-1.5" }, "b64_json"],
  [{ model: "dall-e-3" }, "url"],
  [{ model: "dall-e-3", response_format: "b64_json" }, "b64_json"],
  [{ response_format: "url" }, "url"],
];

for (const [body, field] of formats) {
  test(`${JSON.stringify(body)} is answered with ${field}`, async () => {
    const { text } = await ask("generations", { prompt: "a cat", ...body }, png, finish);
    const value = field === "url" ? "data:image/png;base64,cG5n" : "cG5n";
    assert.deepEqual((JSON.parse(text) as { data: unknown }).data, [{ [field]: value }]);
  });
}

test("what no model honours is named", async () => {
  const { response } = await ask(
    "generations",
    {
      prompt: "a cat",
      background: "transparent",
      moderation: "auto",
      output_format: "webp",
      partial_images: 0,
      style: "vivid",
    },
    png,
    finish,
  );
  assert.equal(response.headers.get("x-agproxy-ignored"), "background, output_format, style");
});

test("fewer images than asked for are answered, and n is named", async () => {
  const { response, text } = await ask("generations", { prompt: "a cat", n: 3 }, png, finish);
  assert.equal((JSON.parse(text) as { data: unknown[] }).data.length, 1);
  assert.equal(response.headers.get("x-agproxy-ignored"), "n");
});

test("an edit has its images before the prompt, and names the mask it ignores", async () => {
  const body = form({
    prompt: "a hat",
    "image[]": new File(["one"], "one.png", { type: "image/png" }),
    mask: new File(["mask"], "mask.png", { type: "image/png" }),
    n: "2",
    model: "",
  });
  body.append("image[]", new File(["two"], "two.webp"));
  const { sent, response } = await ask("edits", body, png, png, finish);
  const part = { type: "media", media: "image" };
  assert.deepEqual(sent?.messages[0]?.content, [
    {
      ...part,
      source: { kind: "data", data: "b25l" },
      filename: "one.png",
      mimeType: "image/png",
    },
    { ...part, source: { kind: "data", data: "dHdv" }, filename: "two.webp" },
    { type: "text", text: "a hat" },
  ]);
  assert.equal(sent?.model, "gpt-image-1");
  assert.deepEqual(sent?.sampling, { choices: 2 });
  assert.equal(response.headers.get("x-agproxy-ignored"), "mask");
});

const mistakes: readonly [param: string, path: string, body: object | FormData][] = [
  ["prompt", "generations", {}],
  ["prompt", "generations", { prompt: "" }],
  ["n", "generations", { prompt: "a", n: 11 }],
  ["n", "generations", { prompt: "a", n: "2" }],
  ["stream", "generations", { prompt: "a", stream: "true" }],
  ["response_format", "generations", { prompt: "a", response_format: "jpeg" }],
  ["size", "generations", { prompt: "a", size: 1024 }],
  ["image", "edits", form({ prompt: "a" })],
  ["image", "edits", form({ prompt: "a", image: "not a file" })],
  ["prompt", "edits", form({ image: new File(["x"], "x.png") })],
  ["n", "edits", form({ prompt: "a", n: "two", image: new File(["x"], "x.png") })],
  ["stream", "edits", form({ prompt: "a", stream: "yes", image: new File(["x"], "x.png") })],
];

for (const [param, path, body] of mistakes) {
  test(`a 400 names ${param} of ${path}`, async () => {
    const { response, text } = await ask(path, body, png, finish);
    assert.equal(response.status, 400, text);
    assert.equal((JSON.parse(text) as { error: { param: unknown } }).error.param, param);
  });
}

const text = (words: string): ChatEvent => ({ type: "text", choice: 0, text: words });
const undrawn: readonly [status: number, message: RegExp, events: readonly ChatEvent[]][] = [
  [
    400,
    /drew no image: I cannot draw that\. Change/,
    [text("I cannot "), text("draw that."), finish],
  ],
  [
    400,
    /withheld \(IMAGE_SAFETY\)\. Change the prompt/,
    [{ type: "finish", choice: 0, reason: "content-filter", detail: "IMAGE_SAFETY" }],
  ],
  [502, /drew no image \(NO_IMAGE\)/, [{ ...finish, reason: "other", detail: "NO_IMAGE" }]],
  [502, /drew no image\./, [finish]],
];

for (const [status, message, events] of undrawn) {
  for (const stream of [false, true]) {
    test(`no image is an error: ${message}, stream: ${stream}`, async () => {
      const answer = await ask("generations", { prompt: "a", stream }, ...events);
      assert.equal(answer.response.status, status);
      assert.match(
        (JSON.parse(answer.text) as { error: { message: string } }).error.message,
        message,
      );
    });
  }
}

test("a stream completes each image, and counts once", async () => {
  const answer = await ask(
    "generations",
    { prompt: "a", stream: true, quality: "low", partial_images: 2 },
    text("Here it is."),
    png,
    jpeg,
    finish,
    usage,
  );
  const events = readSseText(answer.text).map(({ event, data }) => {
    const { created_at: created, ...rest } = JSON.parse(data) as Record<string, unknown>;
    assert.equal(typeof created, "number");
    assert.equal(rest["type"], event);
    return rest;
  });
  const shared = {
    type: "image_generation.completed",
    size: "auto",
    quality: "low",
    background: "auto",
  };
  const none = {
    input_tokens: 0,
    output_tokens: 0,
    total_tokens: 0,
    input_tokens_details: { text_tokens: 0, image_tokens: 0 },
  };
  assert.deepEqual(events, [
    { ...shared, output_format: "png", usage: none, b64_json: "cG5n" },
    { ...shared, output_format: "jpeg", usage: wireUsage, b64_json: "anBn" },
  ]);
  assert.equal(answer.response.headers.get("x-agproxy-ignored"), "partial_images");
});
