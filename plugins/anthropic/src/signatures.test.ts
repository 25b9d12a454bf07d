import assert from "node:assert/strict";
import { test } from "node:test";
import { type ChatEvent, collect, createSeals, type Part } from "@agproxy/core";
import { contentOf, streamed, whole, type Json } from "./fixtures/answers.ts";
import { readContent, testSeal } from "./fixtures/reading.ts";
import { readSignatureToken, signatureToken } from "./signatures.ts";

const choice = 0;
const finish: ChatEvent = { type: "finish", choice, reason: "stop" };

/** Answers of every shape in which vendors sign; what follows the last text but its own signature is in all of them. */
const answers: Readonly<Record<string, readonly ChatEvent[]>> = {
  "a thought and a call": [
    { type: "reasoning", choice, text: "hm" },
    { type: "tool-call", choice, id: "c1", name: "f", arguments: "{}", signature: "of c1" },
    { type: "tool-call", choice, id: "c2", name: "f", arguments: "{}" },
  ],
  "a signed thought before a signed call": [
    { type: "reasoning", choice, text: "hm", signature: "of hm" },
    { type: "tool-call", choice, id: "c1", name: "f", arguments: "{}", signature: "of c1" },
  ],
  "two calls, the second signed": [
    { type: "tool-call", choice, id: "c1", name: "f", arguments: "{}" },
    { type: "tool-call", choice, id: "c2", name: "f", arguments: "{}", signature: "of c2" },
  ],
  "a signed text before a call": [
    { type: "text", choice, text: "Let me" },
    { type: "text", choice, text: " see.", signature: "of text" },
    { type: "tool-call", choice, id: "c1", name: "f", arguments: "{}" },
  ],
  "equal texts, one of them signed": [
    { type: "text", choice, text: "So." },
    { type: "tool-call", choice, id: "c1", name: "f", arguments: "{}" },
    { type: "text", choice, text: "So.", signature: "of the second" },
    { type: "text", choice, text: "So." },
  ],
  "a signature on nothing": [
    { type: "text", choice, text: "", signature: "of nothing" },
    { type: "text", choice, text: "Well." },
  ],
  "a signed picture": [
    { type: "text", choice, text: "Look: " },
    {
      type: "media",
      choice,
      media: "image",
      mimeType: "image/png",
      data: "iVBORw0KGgo=",
      signature: "of it",
    },
    { type: "text", choice, text: "Nice?" },
  ],
  "signed code": [
    { type: "code", choice, language: "python", code: "1", signature: "of code" },
    { type: "code-result", choice, outcome: "ok", output: "1", signature: "of result" },
    { type: "text", choice, text: "One." },
  ],
};

async function partsOf(events: readonly ChatEvent[]): Promise<readonly Part[]> {
  async function* stream() {
    yield events;
  }
  return (await collect(stream())).choices[0]?.content ?? [];
}

for (const [title, events] of Object.entries(answers)) {
  test(`every signature comes back on exactly its part: ${title}`, async () => {
    const all = [...events, finish];
    const { parts, ignored } = readContent("assistant", contentOf(await whole(all)));
    assert.deepEqual(parts, await partsOf(all));
    assert.deepEqual(ignored, []);
    assert.deepEqual(readContent("assistant", await blocksOfStream(all)).parts, parts);
  });
}

/** The blocks that a client puts together from a stream. */
async function blocksOfStream(events: readonly ChatEvent[]): Promise<readonly Json[]> {
  const blocks: { readonly start: Json; readonly texts: Map<string, string> }[] = [];
  for (const event of await streamed(events)) {
    const start = event["content_block"];
    if (start !== undefined) blocks.push({ start: start as Json, texts: new Map() });
    if (event["type"] !== "content_block_delta") continue;
    const { type: _type, ...delta } = event["delta"] as Readonly<Record<string, string>>;
    const { texts } = blocks.at(-1)!;
    for (const [key, text] of Object.entries(delta)) texts.set(key, (texts.get(key) ?? "") + text);
  }
  return blocks.map(({ start, texts }) => {
    const { partial_json: json, ...others } = Object.fromEntries(texts);
    const input = json === undefined ? {} : { input: JSON.parse(json) as unknown };
    return { ...start, ...others, ...input };
  });
}

test("nothing stands after the last text: its own signature is left out", async () => {
  const signed: ChatEvent = { type: "text", choice, text: "Done.", signature: "s" };
  const content = contentOf(await whole([signed, finish]));
  assert.deepEqual(content, [{ type: "text", text: "Done." }]);
});

test("a signature of a text that the client has changed is left out", async () => {
  const content = contentOf(await whole([...answers["a signed text before a call"]!, finish]));
  const changed = content.map((block) =>
    block["type"] === "text" ? { ...block, text: "Hm." } : block,
  );
  const { parts } = readContent("assistant", changed);
  assert.ok(parts.every(({ signature }) => signature === undefined));
});

test("a token that was changed, or is another caller's or gateway's, is none", () => {
  const token = signatureToken([{ of: "thought", signature: "s" }], testSeal);
  assert.deepEqual(readSignatureToken(token, testSeal), [{ of: "thought", signature: "s" }]);
  const other = createSeals("a secret of the tests")("somebody");
  const foreign = createSeals("another secret of tests")("anonymous");
  const broken = `${token.slice(0, -2)}AA`;
  assert.equal(readSignatureToken(token, other), undefined);
  assert.equal(readSignatureToken(token, foreign), undefined);
  assert.equal(readSignatureToken(broken, testSeal), undefined);
  assert.equal(readSignatureToken("c2ln", testSeal), undefined);
  assert.equal(readSignatureToken(`ag3.${"A".repeat(5_000_000)}`, testSeal), undefined);
});
