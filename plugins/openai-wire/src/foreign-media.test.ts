import assert from "node:assert/strict";
import { test } from "node:test";
import { Fields } from "@agproxy/core";
import { foreignPart } from "./foreign-media.ts";

const pixel = "iVBORw0KGgo=";
const picture = () => ({
  type: "media",
  media: "image",
  mimeType: "image/png",
  source: { kind: "data", data: pixel },
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
    { type: "text", text: "Hi." },
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
  [
    "the AI SDK's picture at an address",
    { type: "image-url", url: "https://a/b.png" },
    located({ kind: "url", url: "https://a/b.png" }, { media: "image" }),
  ],
  [
    "the chat API's picture",
    { type: "image_url", image_url: { url: `data:image/png;base64,${pixel}` } },
    picture(),
  ],
  [
    "the chat API's picture at a bare address",
    { type: "image_url", image_url: "https://a/b.png" },
    located({ kind: "url", url: "https://a/b.png" }, { media: "image" }),
  ],
  [
    "the chat API's file",
    { type: "file", file: { filename: "a.pdf", file_data: "JVBERi0=" } },
    located(
      { kind: "data", data: "JVBERi0=" },
      { media: "file", mimeType: "application/pdf", filename: "a.pdf" },
    ),
  ],
  ["Google's inline data", { inlineData: { mimeType: "image/png", data: pixel } }, picture()],
  [
    "Google's file",
    { file_data: { mime_type: "video/mp4", file_uri: "https://a/files/1" } },
    located({ kind: "url", url: "https://a/files/1" }, { media: "video", mimeType: "video/mp4" }),
  ],
] as const) {
  test(`foreign words for a medium: ${title}`, () => {
    assert.deepEqual(foreignPart(Fields.of(part, "")), expected);
  });
}

test("a field named `data` alone makes no medium", () => {
  for (const part of [
    { type: "redacted_thinking", data: "AAAA" },
    { type: "mood", data: "AAAA" },
  ]) {
    assert.equal(foreignPart(Fields.of(part, "content[0]")), undefined);
  }
});
