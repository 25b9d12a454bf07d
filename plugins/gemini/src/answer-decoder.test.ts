import assert from "node:assert/strict";
import { test } from "node:test";
import { eventsOf, parts, readAnswer, sse, stop } from "./fixtures/answers.ts";

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

test("STOP with nothing said is an empty answer", async () => {
  assert.deepEqual(await eventsOf(parts({ text: "" }), stop), [finish]);
});

test("an answer without an end, or without anything, was cut", async () => {
  for (const payloads of [
    [parts({ text: "Hel" })],
    [],
    [{ usageMetadata: {} }],
    [{ candidates: [] }],
  ]) {
    const { error } = await readAnswer(sse(...payloads));
    assert.equal(error?.code, "upstream_cut", JSON.stringify(payloads));
  }
});

test("JSON of another shape, and text that is no JSON, cannot be read", async () => {
  for (const text of ['{"a":1}', "7", "null", "<html>", '{"totalTokens":3}']) {
    for (const streamed of [true, false]) {
      const body = Buffer.from(streamed ? `data: ${text}\n\n` : text);
      const { error } = await readAnswer([body], { streamed });
      assert.equal(error?.code, "upstream_unreadable", text);
    }
  }
});

test("an error in the middle is thrown, however it is written", async () => {
  const error = {
    error: { code: 503, message: "The model is overloaded.", status: "UNAVAILABLE" },
  };
  const good = `data: ${JSON.stringify(parts({ text: "a" }))}\n\n`;
  const end = `data: ${JSON.stringify(stop)}\n\n`;
  const ways = [
    `data: ${JSON.stringify(error)}\n\n`,
    `data: ${JSON.stringify([error])}\n\n`,
    JSON.stringify(error),
    JSON.stringify(error, null, 2),
    JSON.stringify([error], null, 2),
  ];
  for (const way of ways) {
    const outcome = await readAnswer([Buffer.from(good), Buffer.from(end + way)]);
    assert.equal(outcome.error?.code, "model_overloaded", way);
    assert.deepEqual(outcome.events, [{ type: "text", choice: 0, text: "a" }], way);
  }
});

test("where nothing was shown yet, a failure shows nothing: another try is better", async () => {
  const error = { error: { code: 500, message: "Internal." } };
  const outcome = await readAnswer([Buffer.concat([...sse(parts({ text: "a" }), error)])]);
  assert.equal(outcome.error?.code, "upstream_failed");
  assert.deepEqual(outcome.events, []);
});

test("an answer as an array, and nulls where objects belong", async () => {
  const array = [
    parts({ text: "a" }),
    { candidates: null, usageMetadata: null },
    parts(null),
    stop,
  ];
  const { events } = await readAnswer([Buffer.from(JSON.stringify(array))], { streamed: false });
  assert.deepEqual(events, [{ type: "text", choice: 0, text: "a" }, finish]);
});

test("a line that says the stream is done is no payload", async () => {
  const body = [...sse(parts({ text: "a" }), stop), Buffer.from("data: [DONE]\n\n")];
  assert.equal((await readAnswer(body)).error, undefined);
});
