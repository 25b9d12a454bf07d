import assert from "node:assert/strict";
import { test } from "node:test";
import type { MediaPart } from "@agproxy/core";
import { mediaPart } from "./media-part.ts";

const image = (url: string, mimeType?: string) =>
  mediaPart({
    type: "media",
    media: "image",
    source: { kind: "url", url },
    ...(mimeType === undefined ? {} : { mimeType }),
  });
const bytes = (data: string, rest: Partial<MediaPart> = {}) =>
  mediaPart({ type: "media", media: "image", source: { kind: "data", data }, ...rest }).inlineData;

test("data URLs are bytes", () => {
  assert.deepEqual(image("data:image/gif;base64,AAAA").inlineData, {
    mimeType: "image/gif",
    data: "AAAA",
  });
  assert.deepEqual(image("data:image/svg+xml;charset=utf-8,%3Csvg%3E").inlineData, {
    mimeType: "image/svg+xml",
    data: Buffer.from("<svg>").toString("base64"),
  });
  assert.equal(image("data:;base64,iVBORw").inlineData?.mimeType, "image/png");
});

test("a type is the client's word, or what the name or the bytes tell", () => {
  assert.equal(bytes("iVBORw", { mimeType: "image/webp" })?.mimeType, "image/webp");
  assert.equal(bytes("AAAA", { filename: "a.PDF", media: "file" })?.mimeType, "application/pdf");
  assert.equal(bytes("JVBERi0", { media: "file" })?.mimeType, "application/pdf");
  assert.equal(bytes("AAAA", { media: "audio" })?.mimeType, "audio/wav");
});

const spelled = (mimeType: string) => bytes("AAAA", { mimeType })?.mimeType;

test("types are spelled as Gemini does, without parameters; raw audio keeps its rate", () => {
  assert.equal(spelled("image/jpg"), "image/jpeg");
  assert.equal(spelled("Image/PJPEG"), "image/jpeg");
  assert.equal(spelled("image/png; charset=binary"), "image/png");
  assert.equal(spelled("audio/x-wav"), "audio/wav");
  assert.equal(spelled("audio/mp3"), "audio/mp3");
  assert.equal(spelled("audio/mpeg"), "audio/mpeg");
  assert.equal(spelled("audio/x-m4a;codecs=mp4a.40.2"), "audio/m4a");
  assert.equal(spelled("audio/webm;codecs=opus"), "audio/webm");
  assert.equal(spelled("video/quicktime"), "video/mov");
  assert.equal(spelled("text/plain;charset=utf-8"), "text/plain");
  assert.equal(spelled("audio/L16;codec=pcm;rate=24000"), "audio/L16;codec=pcm;rate=24000");
  assert.equal(spelled("application/x-own"), "application/x-own");
  assert.equal(image("data:image/jpg;base64,AAAA").inlineData?.mimeType, "image/jpeg");
  assert.equal(
    image("data:audio/L16;rate=8000;base64,AA").inlineData?.mimeType,
    "audio/L16;rate=8000",
  );
  assert.equal(image("https://x.example/a", "image/jpg").fileData?.mimeType, "image/jpeg");
});

test("links go to Gemini as links", () => {
  assert.deepEqual(image("gs://bucket/a.png").fileData, {
    fileUri: "gs://bucket/a.png",
    mimeType: "image/png",
  });
  assert.deepEqual(image("https://x.example/a?b=.png").fileData, {
    fileUri: "https://x.example/a?b=.png",
    mimeType: "image/jpeg",
  });
  const video = mediaPart({
    type: "media",
    media: "video",
    source: { kind: "url", url: "https://www.youtube.com/watch?v=x" },
  });
  assert.deepEqual(video.fileData, { fileUri: "https://www.youtube.com/watch?v=x" });
});

test("files that Google holds", () => {
  const uri = "https://generativelanguage.googleapis.com/v1beta/files/abc";
  for (const id of ["abc", "files/abc", uri]) {
    const part = mediaPart({ type: "media", media: "file", source: { kind: "file", id } });
    assert.deepEqual(part.fileData, { fileUri: uri });
  }
});

test("nothing else is followed", () => {
  for (const url of ["file:///etc/passwd", "/etc/passwd", "ftp://x.example/a", ""]) {
    assert.throws(() => image(url), { code: "invalid_request" }, url);
  }
});
