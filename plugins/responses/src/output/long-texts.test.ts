import assert from "node:assert/strict";
import { test } from "node:test";
import type { ChatEvent } from "@agproxy/core";
import { assertEventOrder } from "../fixtures/event-order.ts";
import { read } from "../fixtures/seal.ts";
import { streamed, testEncoder, wireEvents } from "../fixtures/streams.ts";

const long = '"\u0001é😀\ud800'.repeat(50_000);

const events: readonly ChatEvent[] = [
  { type: "reasoning", choice: 0, text: long },
  { type: "text", choice: 0, text: long },
  { type: "refusal", choice: 0, text: long },
  { type: "media", choice: 0, media: "audio", mimeType: "audio/wav", data: "A".repeat(1_000_000) },
  { type: "tool-call", choice: 0, id: "c1", name: "f", arguments: JSON.stringify({ long }) },
  {
    type: "tool-call",
    choice: 0,
    id: "c2",
    name: "free",
    arguments: JSON.stringify({ input: long }),
  },
  { type: "code", choice: 0, language: "python", code: long },
  { type: "code-result", choice: 0, outcome: "ok", output: long },
];

/** By the field that holds the whole text in the event which ends it. */
const wholes: Readonly<Record<string, string>> = {
  "response.reasoning_summary_text": "text",
  "response.output_text": "text",
  "response.refusal": "refusal",
  "response.function_call_arguments": "arguments",
  "response.custom_tool_call_input": "input",
  "response.code_interpreter_call_code": "code",
};

test("no delta is a line of more than 64 KiB, and the deltas of a text are the whole", () => {
  const { echoed, names } = read({
    model: "m",
    input: "x",
    tools: [{ type: "custom", name: "free" }],
  });
  const finish: ChatEvent = { type: "finish", choice: 0, reason: "stop" };
  const usage: ChatEvent = {
    type: "usage",
    usage: { inputTokens: 1, outputTokens: 1, totalTokens: 2 },
  };
  const wire = streamed([events, [finish, usage]], testEncoder({ echoed, names }));
  const lines = wire.split("\n").filter((line) => line.includes('.delta","'));
  const longest = Math.max(...lines.map((line) => Buffer.byteLength(line)));
  assert.ok(longest <= 64 * 1024, `${longest}`);
  const sent = wireEvents(wire);
  assertEventOrder(sent);
  const open = new Map<string, string>();
  const seen = new Set<string>();
  for (const event of sent) {
    const kind = event.type.replace(/\.(?:delta|done)$/, "");
    const whole = wholes[kind];
    if (whole === undefined) continue;
    if (event.type.endsWith(".delta")) {
      const delta = String(event["delta"]);
      assert.doesNotMatch(delta, /^[\udc00-\udfff]/, "no character is cut in two");
      open.set(kind, (open.get(kind) ?? "") + delta);
    } else {
      assert.equal(event[whole], open.get(kind), kind);
      open.delete(kind);
      seen.add(kind);
    }
  }
  assert.deepEqual([...seen].toSorted(), Object.keys(wholes).toSorted());
});
