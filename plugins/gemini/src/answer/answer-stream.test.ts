import assert from "node:assert/strict";
import { test } from "node:test";
import { randomPieces } from "@agproxy/core/testing";
import { parts, readAnswer, sse, stop } from "../fixtures/answers.ts";

const finish = { type: "finish", choice: 0, reason: "stop" };

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

test("bytes may be cut anywhere: inside a character, a line end, a key", async () => {
  const body = Buffer.concat([...sse(parts({ text: "é😀日本" }), parts({ text: "x" }), stop)]);
  const whole = await readAnswer([body]);
  assert.equal(whole.events.length, 3);
  for (let seed = 1; seed <= 50; seed += 1) {
    assert.deepEqual(await readAnswer(randomPieces(body, seed)), whole, `seed ${seed}`);
  }
});
