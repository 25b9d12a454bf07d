import assert from "node:assert/strict";
import { test } from "node:test";
import type { Part } from "@agproxy/core";
import { withMedia } from "./media-links.ts";

/** One pixel. */
const pixel =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGBgAAAABQABpfZFQAAAAABJRU5ErkJggg==";
const picture = (): Part => ({
  type: "media",
  media: "image",
  mimeType: "image/png",
  source: { kind: "data", data: pixel },
});
const words = (text: string): Part => ({ type: "text", text });

const signed = (said: string): Part => ({ type: "text", text: said, signature: "s" });
const answered = (text: string) => withMedia([words(text)], true);
const asked = (text: string) => withMedia([words(text)], false);

test("a picture in the text of an earlier answer is a picture again", () => {
  const link = `![image](data:image/png;base64,${pixel})`;
  assert.deepEqual(answered(`Here: ${link} and ${link}.`), [
    words("Here: "),
    picture(),
    words(" and "),
    picture(),
    words("."),
  ]);
  assert.deepEqual(answered(link), [picture()]);
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

test("a signature goes to the last part of its text", () => {
  const text = `![image](data:image/png;base64,${pixel})`;
  assert.deepEqual(withMedia([signed(text), words("Hi")], true), [
    { ...picture(), signature: "s" },
    words("Hi"),
  ]);
  assert.deepEqual(withMedia([signed(`${text}.`)], true), [picture(), signed(".")]);
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

test("what an answer quotes stays text, too, but for what chat answers write", () => {
  for (const text of [
    "```\n![alt](data:image/png;base64,iVBOR)\n```",
    "![alt](data:image/png;base64,AAAA)",
    "![image](data:image/png;base64,iVBOR)",
    "![image](data:image/svg+xml;base64,PHN2Zy8+)",
    "[x](data:text/html;base64,PGI+)",
    "[x](data:x/y;base64,AAAA)",
  ]) {
    assert.deepEqual(answered(text), [words(text)]);
  }
});

// Quadratic work would take minutes.
test("links are found in linear time", { timeout: 60_000 }, () => {
  for (const piece of ["](data:", "[](data:image/png;base64,A", "[", `![a](data:a/b;base64,A)`]) {
    assert.ok(answered(piece.repeat(300_000)).length > 0);
  }
});
