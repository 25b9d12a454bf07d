import assert from "node:assert/strict";
import { test } from "node:test";
import type { Part } from "@agproxy/core";
import { read } from "../fixtures/seal.ts";

const data = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk";
const link = `![image](data:image/png;base64,${data})`;
const picture = {
  type: "media",
  media: "image",
  mimeType: "image/png",
  source: { kind: "data", data },
} as const;
const text = (said: string): Part => ({ type: "text", text: said });

function contentOf(item: object): readonly Part[] {
  return read({ model: "m", input: [item] }).request.messages[0]?.content ?? [];
}

test("a picture in the text of an answer or a question is a picture again", () => {
  const parts = [text("Here: "), picture, text(" It is red.")];
  const said = `Here: ${link} It is red.`;
  for (const role of ["assistant", "user"]) {
    const type = role === "user" ? "input_text" : "output_text";
    assert.deepEqual(contentOf({ role, content: said }), parts);
    assert.deepEqual(contentOf({ role, content: [{ type, text: said }] }), parts);
  }
  const sound = "[audio](data:audio/wav;base64,UklGRg==)";
  assert.equal(contentOf({ role: "assistant", content: sound })[0]?.type, "media");
  assert.deepEqual(contentOf({ role: "developer", content: link }), [text(link)]);
});

test("a picture in the text of a tool's output is a picture", () => {
  for (const output of [link, [{ type: "input_text", text: link }]]) {
    const [result] = contentOf({ type: "function_call_output", call_id: "c1", output });
    assert.deepEqual(result?.type === "tool-result" && result.content, [picture]);
  }
});

for (const [title, part] of [
  ["Anthropic", { type: "image", source: { type: "base64", media_type: "image/png", data } }],
  ["LangChain", { type: "image", source_type: "base64", mime_type: "image/png", data }],
  ["the AI SDK", { type: "image", image: `data:image/png;base64,${data}` }],
  ["the AI SDK, of a file", { type: "file", data, mediaType: "image/png" }],
  ["MCP", { type: "image", data, mimeType: "image/png" }],
  ["Google", { inlineData: { mimeType: "image/png", data } }],
  ["the chat API", { type: "image_url", image_url: { url: `data:image/png;base64,${data}` } }],
] as const) {
  test(`a picture in the words of ${title} is a picture`, () => {
    const { request, ignored } = read({ model: "m", input: [{ role: "user", content: [part] }] });
    assert.deepEqual(request.messages[0]?.content, [picture]);
    assert.deepEqual(ignored, []);
  });
}

test("other foreign parts: a text of Google's, a document of text, a video", () => {
  const content = [
    { text: "Hi." },
    { type: "document", source: { type: "text", media_type: "text/plain", data: "Hello." } },
    { type: "input_video", video_url: "https://x.test/a.mp4" },
  ];
  const video = {
    type: "media",
    media: "video",
    source: { kind: "url", url: "https://x.test/a.mp4" },
  };
  assert.deepEqual(contentOf({ role: "user", content }), [text("Hi."), text("Hello."), video]);
});

test("what is not understood is named where it is small, and refused where it is large", () => {
  const small = { type: "mood", text: "glad", url: "x" };
  const { request, ignored } = read({ model: "m", input: [{ role: "user", content: [small] }] });
  assert.deepEqual(request.messages[0]?.content, [text(JSON.stringify(small))]);
  assert.deepEqual(ignored, ["input.content.mood"]);
  const large = { type: "hologram", beams: "A".repeat(20_000) };
  for (const [param, item] of [
    ["input[0].content[1]", { role: "user", content: [{ type: "input_text", text: "Hi" }, large] }],
    ["input[0].output[0]", { type: "function_call_output", call_id: "c1", output: [large] }],
    ["input[0]", large],
  ] as const) {
    assert.throws(() => contentOf(item), {
      status: 400,
      param,
      message: `\`${param}\` has the unknown type "hologram" and is too large to be sent as text.`,
    });
  }
});

test("what OpenAI's own tools found in an earlier turn is text of any length", () => {
  const item = { type: "mcp_call", id: "mcp_1", name: "f", output: "A".repeat(20_000) };
  assert.deepEqual(contentOf(item), [text(JSON.stringify(item))]);
});

test("objects that a tool returned stay as they are, however large", () => {
  const output = [{ text: "a", url: "x", stdout: "A".repeat(20_000) }];
  for (const given of [output, output[0]]) {
    const item = { type: "function_call_output", call_id: "c1", output: given };
    const [result] = contentOf(item);
    assert.deepEqual(result?.type === "tool-result" && result.content, [
      text(JSON.stringify(output[0])),
    ]);
  }
});
