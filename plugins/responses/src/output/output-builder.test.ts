import assert from "node:assert/strict";
import { test } from "node:test";
import type { ChatEvent } from "@agproxy/core";
import { assertEventOrder } from "../fixtures/event-order.ts";
import { streamed, testEncoder, wireEvents, type WireEvent } from "../fixtures/streams.ts";
import { read as readRequest } from "../fixtures/seal.ts";

const reading = readRequest({
  model: "m",
  input: "x",
  tools: [
    { type: "custom", name: "apply_patch" },
    { type: "namespace", name: "agents", tools: [{ type: "function", name: "spawn" }] },
  ],
});
const end: ChatEvent = { type: "finish", choice: 0, reason: "stop" };

function events(...given: ChatEvent[]): readonly WireEvent[] {
  const wire = wireEvents(streamed([[...given, end]], testEncoder(reading)));
  assertEventOrder(wire);
  return wire;
}

function output(...given: ChatEvent[]): readonly Record<string, unknown>[] {
  return assertEventOrder(events(...given))["output"] as Record<string, unknown>[];
}

/** The first part of a message. */
function part(item: Record<string, unknown> | undefined): Record<string, unknown> | undefined {
  const content = item?.["content"];
  return Array.isArray(content) ? (content[0] as Record<string, unknown>) : undefined;
}

test("a text is written step by step", () => {
  const wire = events(
    { type: "text", choice: 0, text: "Hel" },
    { type: "text", choice: 0, text: "lo" },
  );
  assert.deepEqual(
    wire.map(({ type }) => type),
    [
      "response.created",
      "response.in_progress",
      "response.output_item.added",
      "response.content_part.added",
      "response.output_text.delta",
      "response.output_text.delta",
      "response.output_text.done",
      "response.content_part.done",
      "response.output_item.done",
      "response.completed",
    ],
  );
  assert.deepEqual(wire[5], {
    type: "response.output_text.delta",
    item_id: "msg_seed_0",
    output_index: 0,
    content_index: 0,
    logprobs: [],
    delta: "lo",
    sequence_number: 5,
  });
});

test("calls come back under the names the client knows", () => {
  const items = output(
    { type: "tool-call", choice: 0, id: "c1", name: "agents__spawn", arguments: '{"a":1}' },
    { type: "tool-call", choice: 0, id: "c2", name: "apply_patch", arguments: '{"input":"*** x"}' },
    { type: "tool-call", choice: 0, id: "c3", name: "apply_patch", arguments: "*** y" },
    { type: "tool-call", choice: 0, id: "c4", name: "unheard_of", arguments: '{"a":1}{"b":2}' },
  );
  assert.deepEqual(items, [
    {
      type: "function_call",
      id: "fc_seed_0",
      status: "completed",
      call_id: "c1",
      namespace: "agents",
      name: "spawn",
      arguments: '{"a":1}',
    },
    {
      type: "custom_tool_call",
      id: "ctc_seed_1",
      status: "completed",
      call_id: "c2",
      name: "apply_patch",
      input: "*** x",
    },
    {
      type: "custom_tool_call",
      id: "ctc_seed_2",
      status: "completed",
      call_id: "c3",
      name: "apply_patch",
      input: "*** y",
    },
    {
      type: "function_call",
      id: "fc_seed_3",
      status: "completed",
      call_id: "c4",
      name: "unheard_of",
      arguments: '{"a":1}{"b":2}',
    },
  ]);
});

test("a call's signature travels in the thoughts before it, and needs no item of its own", () => {
  const items = output(
    { type: "reasoning", choice: 0, text: "Look first." },
    { type: "tool-call", choice: 0, id: "c1", name: "f", arguments: "{}", signature: "s" },
    { type: "tool-call", choice: 0, id: "c2", name: "f", arguments: "{}" },
  );
  assert.deepEqual(
    items.map(({ type }) => type),
    ["reasoning", "function_call", "function_call"],
  );
  assert.deepEqual(items[0]?.["summary"], [{ type: "summary_text", text: "Look first." }]);
  assert.match(String(items[0]?.["encrypted_content"]), /^agp2\./);
});

test("thoughts without a signature carry nothing", () => {
  const [item] = output({ type: "reasoning", choice: 0, text: "Hm" });
  assert.ok(item !== undefined && !("encrypted_content" in item));
});

test("citations count from the beginning of their own text", () => {
  const items = output(
    { type: "text", choice: 0, text: "One. " },
    { type: "tool-call", choice: 0, id: "c1", name: "f", arguments: "{}" },
    { type: "text", choice: 0, text: "Two.", signature: "s" },
    {
      type: "citation",
      choice: 0,
      citation: { url: "https://x.test/", title: "X", start: 5, end: 8 },
    },
    { type: "citation", choice: 0, citation: { url: "https://y.test/" } },
  );
  assert.deepEqual(part(items[2])?.["annotations"], [
    { type: "url_citation", url: "https://x.test/", title: "X", start_index: 0, end_index: 3 },
    { type: "url_citation", url: "https://y.test/", title: "", start_index: 0, end_index: 4 },
  ]);
});

test("probabilities stand at the text they are about", () => {
  const [item] = output(
    { type: "text", choice: 0, text: "é" },
    {
      type: "logprobs",
      choice: 0,
      tokens: [{ token: "é", logprob: -0.5, top: [{ token: "e", logprob: -1 }] }],
    },
  );
  assert.deepEqual(part(item)?.["logprobs"], [
    {
      token: "é",
      logprob: -0.5,
      bytes: [195, 169],
      top_logprobs: [{ token: "e", logprob: -1, bytes: [101] }],
    },
  ]);
});

test("a picture is an item, and any other medium a link that holds it", () => {
  const items = output(
    { type: "media", choice: 0, media: "image", mimeType: "image/png", data: "QUJD" },
    { type: "media", choice: 0, media: "audio", mimeType: "audio/wav", data: "QUJD" },
  );
  assert.deepEqual(items[0], {
    type: "image_generation_call",
    id: "ig_seed_0",
    status: "completed",
    result: "QUJD",
  });
  assert.equal(part(items[1])?.["text"], "[audio](data:audio/wav;base64,QUJD)");
});

test("code and what it printed are one item", () => {
  const items = output(
    { type: "code", choice: 0, language: "python", code: "print(1)" },
    { type: "code-result", choice: 0, outcome: "timeout", output: "1" },
    { type: "text", choice: 0, text: "It printed 1." },
  );
  assert.deepEqual(items[0], {
    type: "code_interpreter_call",
    id: "ci_seed_0",
    status: "incomplete",
    container_id: "cntr_ci_seed_0",
    code: "print(1)",
    outputs: [{ type: "logs", logs: "1" }],
  });
});

test("tens of thousands of signed texts take no time by their square", () => {
  const encoder = testEncoder();
  const texts = Array.from({ length: 40_000 }, (_, index) => ({
    type: "text" as const,
    choice: 0,
    text: `t${index}`,
    signature: "s",
  }));
  const begun = performance.now();
  encoder.batch(texts);
  // By the square it would be minutes.
  assert.ok(performance.now() - begun < 20_000);
});
