import assert from "node:assert/strict";
import { test } from "node:test";
import { AgproxyError, type ChatEvent } from "@agproxy/core";
import { answerDecoder } from "./answer-decoder.ts";
import { eventsOf, parts, readAnswer, sse, stop } from "../fixtures/answers.ts";

const finish = { type: "finish", choice: 0, reason: "stop" };
const call = (name: string, args: unknown, id?: string) => ({
  functionCall: { name, args, ...(id === undefined ? {} : { id }) },
});

test("text, thoughts and signatures keep their order and their parts", async () => {
  const events = await eventsOf(
    parts({ text: "hm", thought: true, thoughtSignature: "A" }, { text: "Hel" }),
    parts({ text: "lo" }, {}, { text: "" }),
    { candidates: [{ content: {} }] },
    parts({ text: "", thoughtSignature: "B" }),
    stop,
  );
  assert.deepEqual(events, [
    { type: "reasoning", choice: 0, text: "hm", signature: "A" },
    { type: "text", choice: 0, text: "Hel" },
    { type: "text", choice: 0, text: "lo" },
    { type: "text", choice: 0, text: "", signature: "B" },
    finish,
  ]);
});

test("a signature is found in snake case too", async () => {
  const [event] = await eventsOf(parts({ text: "x", thought_signature: "S" }), stop);
  assert.deepEqual(event, { type: "text", choice: 0, text: "x", signature: "S" });
});

test("the same call twice is two calls with two ids", async () => {
  const events = await eventsOf(parts(call("f", { a: 1 })), parts(call("f", { a: 1 })), stop);
  assert.deepEqual(events, [
    { type: "tool-call", choice: 0, id: "new_1", name: "f", arguments: '{"a":1}' },
    { type: "tool-call", choice: 0, id: "new_2", name: "f", arguments: '{"a":1}' },
    { ...finish, reason: "tool-calls" },
  ]);
});

test("the vendor's id is kept where it is legal and new", async () => {
  const long = "x".repeat(65);
  const events = await eventsOf(
    parts(
      call("f", {}, "toolu_1"),
      call("f", {}, "toolu_1"),
      call("f", {}, long),
      call("f", {}, "a b"),
    ),
    stop,
  );
  const ids = events.flatMap((event) => (event.type === "tool-call" ? [event.id] : []));
  assert.deepEqual(ids, ["toolu_1", "new_1", "new_2", "new_3"]);
});

test("a call without arguments has none, and its name is the client's", async () => {
  const { events } = await readAnswer(sse(parts({ functionCall: { name: "a_b" } }), stop), {
    toolName: (name) => name.replace("_", "/"),
  });
  assert.deepEqual(events[0], {
    type: "tool-call",
    choice: 0,
    id: "new_1",
    name: "a/b",
    arguments: "{}",
  });
});

test("alternatives are read each for itself, and each needs its finish", async () => {
  const both = {
    candidates: [
      { index: 0, content: { parts: [{ text: "a" }] }, finishReason: "STOP" },
      { index: 1, content: { parts: [call("f", {})] } },
    ],
  };
  const { error } = await readAnswer(sse(both));
  assert.equal(error?.code, "upstream_cut");
  const events = await eventsOf(both, { candidates: [{ index: 1, finishReason: "STOP" }] });
  const ends = events.flatMap((e) => (e.type === "finish" ? [`${e.choice} ${e.reason}`] : []));
  assert.deepEqual(ends, ["0 stop", "1 tool-calls"]);
});

test("text after a first finish still comes before the finish", async () => {
  const first = { candidates: [{ content: { parts: [{ text: "a" }] }, finishReason: "STOP" }] };
  const events = await eventsOf(first, {
    candidates: [{ ...first.candidates[0], finishReason: "SAFETY" }],
  });
  assert.deepEqual(
    events.map((event) => event.type),
    ["text", "text", "finish"],
  );
  assert.deepEqual(events[2], { ...finish, reason: "content-filter", detail: "SAFETY" });
});

test("media, code and what code printed", async () => {
  const events = await eventsOf(
    parts(
      { inlineData: { mimeType: "image/png", data: "AAAA" }, thoughtSignature: "S" },
      { thought: true, inlineData: { mimeType: "image/png", data: "sketch" } },
      { executableCode: { language: "PYTHON", code: "1" } },
      { codeExecutionResult: { outcome: 3, output: "" } },
    ),
    stop,
  );
  assert.deepEqual(events, [
    {
      type: "media",
      choice: 0,
      media: "image",
      mimeType: "image/png",
      data: "AAAA",
      signature: "S",
    },
    { type: "code", choice: 0, language: "python", code: "1" },
    { type: "code-result", choice: 0, outcome: "timeout", output: "" },
    finish,
  ]);
});

test("probabilities of tokens", async () => {
  const logprobsResult = {
    chosenCandidates: [{ token: "a", logProbability: -0.5 }, { token: "b" }],
    topCandidates: [{ candidates: [{ token: "c", logProbability: -1 }] }],
  };
  const [event] = await eventsOf({ candidates: [{ logprobsResult, finishReason: "STOP" }] });
  assert.deepEqual(event, {
    type: "logprobs",
    choice: 0,
    tokens: [
      { token: "a", logprob: -0.5, top: [{ token: "c", logprob: -1 }] },
      { token: "b", logprob: 0, top: [] },
    ],
  });
});

test("a blocked prompt is a refusal and a filtered finish", async () => {
  const blocked = { candidates: [], promptFeedback: { blockReason: 4, blockReasonMessage: "No." } };
  assert.deepEqual(await eventsOf(blocked), [
    { type: "refusal", choice: 0, text: "No." },
    { ...finish, reason: "content-filter", detail: "PROHIBITED_CONTENT" },
  ]);
});

test("a block without a message gives its reason", async () => {
  const [refusal] = await eventsOf({ promptFeedback: { blockReason: "SAFETY" } });
  assert.deepEqual(refusal, {
    type: "refusal",
    choice: 0,
    text: "The prompt was blocked: SAFETY.",
  });
});

test("STOP with nothing said is an empty answer", async () => {
  assert.deepEqual(await eventsOf(parts({ text: "" }), stop), [finish]);
});

test("a filter that left nothing says why as a refusal; beside words it does not", async () => {
  const filtered = { finishReason: "SAFETY", finishMessage: "Blocked." };
  assert.deepEqual(await eventsOf({ candidates: [filtered] }), [
    { type: "refusal", choice: 0, text: "Blocked." },
    { ...finish, reason: "content-filter", detail: "SAFETY: Blocked." },
  ]);
  const [refusal] = await eventsOf({ candidates: [{ finishReason: "IMAGE_SAFETY" }] });
  assert.deepEqual(refusal, {
    type: "refusal",
    choice: 0,
    text: "The answer was filtered: IMAGE_SAFETY.",
  });
  const events = await eventsOf(parts({ text: "a" }), { candidates: [filtered] });
  assert.deepEqual(
    events.map(({ type }) => type),
    ["text", "finish"],
  );
});

test("signatures leave marked, and calls that have one are told of", async () => {
  const kept: string[] = [];
  const decoder = answerDecoder({
    newCallId: () => "new",
    toolName: (name) => name,
    failure: () => new AgproxyError("upstream_failed"),
    mark: (signature) => `marked ${signature}`,
    keep: ({ id, signature }) => kept.push(`${id} ${signature}`),
  });
  const out: ChatEvent[] = [];
  const signed = { ...call("f", {}, "c1"), thoughtSignature: "S" };
  decoder.read(parts({ text: "t", thoughtSignature: "T" }, signed, call("f", {}, "c2")), out);
  assert.deepEqual(
    out.map((event) => ("signature" in event ? event.signature : undefined)),
    ["marked T", "marked S", undefined],
  );
  assert.deepEqual(kept, ["c1 marked S"]);
});

test("speech keeps its own type", async () => {
  const mimeType = "audio/L16;codec=pcm;rate=24000";
  const [event] = await eventsOf(parts({ inlineData: { mimeType, data: "AAAA" } }), stop);
  assert.deepEqual(event, { type: "media", choice: 0, media: "audio", mimeType, data: "AAAA" });
});
