import assert from "node:assert/strict";
import { test } from "node:test";
import { type ChatEvent, collect, type Part, streamOf } from "@agproxy/core";
import * as fc from "fast-check";
import { content } from "./fixtures/answers.ts";
import { assertEventOrder } from "./fixtures/event-order.ts";
import { streamed, testEncoder, wireEvents } from "./fixtures/streams.ts";
import { read as readRequest } from "./fixtures/seal.ts";

const reading = readRequest({
  model: "m",
  input: "x",
  tools: [{ type: "custom", name: "patch" }],
});
const end: ChatEvent = { type: "finish", choice: 0, reason: "stop" };

/** The items of the second turn, as a client sends them back: only what the API describes. */
function output(events: readonly ChatEvent[]): readonly unknown[] {
  const response = assertEventOrder(wireEvents(streamed([[...events, end]], testEncoder(reading))));
  return response["output"] as readonly unknown[];
}

/** The assistant's parts of the second turn. */
function replayed(items: readonly unknown[]): readonly Part[] {
  const { request } = readRequest({ model: "m", input: items });
  assert.ok(request.messages.every(({ role }) => role === "assistant"));
  return request.messages.flatMap((message) => message.content);
}

/** Events that carry a text or a call; an empty one is no content, and a picture's type is guessed. */
const replayable = content.filter((event) => {
  if (event.type === "text" || event.type === "reasoning" || event.type === "refusal") {
    return event.text !== "";
  }
  return event.type === "tool-call" && event.name === "lookup";
});

test("parts come back as they were, signatures on exactly the parts that had them", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(replayable, { minLength: 1 }), async (events) => {
      const answer = await collect(streamOf([[...events, end]]));
      assert.deepEqual(replayed(output(events)), answer.choices[0]?.content);
    }),
    { numRuns: 300 },
  );
});

test("code and pictures keep their signatures", () => {
  const events: readonly ChatEvent[] = [
    { type: "code", choice: 0, language: "python", code: "1", signature: "s1" },
    { type: "code-result", choice: 0, outcome: "ok", output: "1", signature: "s2" },
    { type: "code", choice: 0, language: "python", code: "1", signature: "s3" },
    {
      type: "media",
      choice: 0,
      media: "image",
      mimeType: "image/png",
      data: "iVBORw0KGgo=",
      signature: "s4",
    },
  ];
  assert.deepEqual(replayed(output(events)), [
    { type: "code", language: "python", code: "1", signature: "s1" },
    { type: "code-result", outcome: "ok", output: "1", signature: "s2" },
    { type: "code", language: "python", code: "1", signature: "s3" },
    {
      type: "media",
      media: "image",
      mimeType: "image/png",
      source: { kind: "data", data: "iVBORw0KGgo=" },
      signature: "s4",
    },
  ]);
});

const sound = (data: string, signature: string) =>
  ({ type: "media", choice: 0, media: "audio", mimeType: "audio/wav", data, signature }) as const;
const soundPart = (data: string, signature: string): Part => ({
  type: "media",
  media: "audio",
  mimeType: "audio/wav",
  source: { kind: "data", data },
  signature,
});

test("sounds come back as media, with their signatures", () => {
  const said: ChatEvent = { type: "text", choice: 0, text: "Listen:", signature: "s1" };
  const items = output([said, sound("UklGRg==", "s2"), sound("UklGRg==", "s3")]);
  assert.deepEqual(replayed(items), [
    { type: "text", text: "Listen:", signature: "s1" },
    soundPart("UklGRg==", "s2"),
    soundPart("UklGRg==", "s3"),
  ]);
});

test("a signature that comes after everything else comes back as a part of its own", () => {
  const events: readonly ChatEvent[] = [
    { type: "tool-call", choice: 0, id: "c1", name: "lookup", arguments: "{}", signature: "s1" },
    { type: "text", choice: 0, text: "", signature: "s2" },
  ];
  assert.deepEqual(replayed(output(events)), [
    { type: "tool-call", id: "c1", name: "lookup", arguments: "{}", signature: "s1" },
    { type: "text", text: "", signature: "s2" },
  ]);
});

test("free text of a custom call comes back as the argument it was", () => {
  const args = JSON.stringify({ input: "*** Begin Patch\n" });
  const call = { type: "tool-call", id: "c1", name: "patch", arguments: args } as const;
  const items = output([{ ...call, choice: 0, signature: "s1" }]);
  assert.deepEqual(replayed(items), [{ ...call, signature: "s1" }]);
  assert.equal((items[1] as { input: string }).input, "*** Begin Patch\n");
});

test("a signature stays in its own turn", () => {
  const first = output([{ type: "text", choice: 0, text: "OK", signature: "s1" }]);
  const { request } = readRequest({
    model: "m",
    input: [...first, { role: "user", content: "More" }, { role: "assistant", content: "OK" }],
  });
  assert.deepEqual(
    request.messages.map((message) => message.content[0]?.signature),
    ["s1", undefined, undefined],
  );
});

test("a call's signature finds it after its reasoning item was moved away from it", () => {
  const [reasoning, call] = output([
    { type: "tool-call", choice: 0, id: "c1", name: "lookup", arguments: "{}", signature: "s1" },
  ]);
  const { request } = readRequest({
    model: "m",
    input: [reasoning, { role: "user", content: "x" }, call],
  });
  assert.equal(request.messages.at(-1)?.content[0]?.signature, "s1");
});

test("code that repeats the text before it has the signature, not the text", () => {
  const events: readonly ChatEvent[] = [
    { type: "text", choice: 0, text: "1" },
    { type: "code", choice: 0, language: "python", code: "1", signature: "s1" },
  ];
  assert.deepEqual(replayed(output(events)), [
    { type: "text", text: "1" },
    { type: "code", language: "python", code: "1", signature: "s1" },
  ]);
});
