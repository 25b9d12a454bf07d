import assert from "node:assert/strict";
import { test } from "node:test";
import { AgproxyError, type ChatEvent, collect, streamOf } from "@agproxy/core";
import * as fc from "fast-check";
import { anyEvent, batched, content, finish, usage } from "../fixtures/answers.ts";
import { assertEventOrder } from "../fixtures/event-order.ts";
import { streamed, testEncoder, text as written, wireEvents } from "../fixtures/streams.ts";
import { read as readRequest } from "../fixtures/seal.ts";

const reading = readRequest({
  model: "m",
  input: "x",
  tools: [{ type: "custom", name: "patch" }],
});

const end = (reason: "stop" | "length" | "content-filter" | "other", detail?: string): ChatEvent =>
  detail === undefined
    ? { type: "finish", choice: 0, reason }
    : { type: "finish", choice: 0, reason, detail };
const said = (text: string): ChatEvent => ({ type: "text", choice: 0, text });

function asSent(body: unknown): unknown {
  return JSON.parse(JSON.stringify(body));
}

function terminal(...events: ChatEvent[]) {
  return assertEventOrder(wireEvents(streamed([events])));
}

test("any answer, cut anywhere, has every event in order", () => {
  const answers = fc.tuple(
    fc.array(anyEvent),
    finish,
    fc.option(usage),
    fc.integer({ min: 1, max: 5 }),
  );
  fc.assert(
    fc.property(answers, ([events, last, counts, size]) => {
      const all = [...events, last, ...(counts === null ? [] : [counts])];
      const text = streamed(batched(all, size), testEncoder(reading));
      assert.ok(text.endsWith("data: [DONE]\n\n"));
      assertEventOrder(wireEvents(text));
    }),
  );
});

test("an answer that is not streamed is the terminal event's response", async () => {
  const answers = fc.tuple(fc.array(content, { maxLength: 12 }), fc.array(anyEvent), finish, usage);
  await fc.assert(
    fc.asyncProperty(answers, async ([events, notes, last, counts]) => {
      const after = notes.filter(({ type }) => type === "citation" || type === "logprobs");
      const text = events.findLastIndex(({ type }) => type === "text") + 1 || events.length;
      const all = [...events.toSpliced(text, 0, ...after), last, counts];
      const response = assertEventOrder(wireEvents(streamed([all], testEncoder(reading))));
      const whole = testEncoder(reading).whole(await collect(streamOf([all])));
      assert.deepEqual(asSent(whole), response);
    }),
  );
});

test("a stream that breaks off is an error event and a failed response, whenever it breaks", () => {
  const breaks = fc.tuple(fc.array(anyEvent), fc.boolean());
  fc.assert(
    fc.property(breaks, ([events, silent]) => {
      const encoder = testEncoder(reading);
      const text =
        (silent ? "" : encoder.batch(events)) +
        written(encoder.fail(new AgproxyError("upstream_cut")));
      assert.ok(!text.includes("[DONE]"));
      const response = assertEventOrder(wireEvents(text));
      assert.equal(response["status"], "failed");
    }),
  );
});

test("the failure has the code that clients branch on, the upstream's words and what to do", () => {
  const encoder = testEncoder();
  const events = wireEvents(
    encoder.batch([said("Hel")]) +
      written(
        encoder.fail(new AgproxyError("quota_exhausted", "Quota is used up", { param: "model" })),
      ),
  );
  const message =
    "Quota is used up. Wait until the quota is reset, or add accounts with a quota of their own.";
  const fields = { code: "rate_limit_exceeded", message, param: "model" };
  assert.deepEqual(events.at(-2), {
    type: "error",
    ...fields,
    error: { type: "rate_limit_error", ...fields },
    sequence_number: 5,
  });
  const response = events.at(-1)?.["response"] as Record<string, unknown>;
  assert.deepEqual(response["error"], { code: "rate_limit_exceeded", message });
  assert.deepEqual(response["output"], []);
});

test("nothing is written for an empty read", () => {
  assert.equal(testEncoder().batch([]), "");
});

test("a limit makes the response incomplete, and the open item too", () => {
  const response = terminal(said("Hel"), end("length"));
  assert.equal(response["status"], "incomplete");
  assert.deepEqual(response["incomplete_details"], { reason: "max_output_tokens" });
  assert.equal(response["completed_at"], null);
  assert.equal((response["output"] as { status: string }[])[0]?.status, "incomplete");
});

test("a blocked answer says that it is one", () => {
  const response = terminal(end("content-filter", "PROHIBITED_CONTENT"));
  assert.deepEqual(response["incomplete_details"], { reason: "content_filter" });
  const [item] = response["output"] as { content: unknown[] }[];
  assert.deepEqual(item?.content, [
    {
      type: "refusal",
      refusal: "The upstream's content filter stopped the answer (PROHIBITED_CONTENT).",
    },
  ]);
});

test("an end for an unknown reason completes an answer and fails without one", async () => {
  assert.equal(terminal(said("Hello"), end("other"))["status"], "completed");
  const nothing = [{ type: "reasoning", choice: 0, text: "Hm" } as const, end("other", "NO_IMAGE")];
  const failed = terminal(...nothing);
  assert.equal(failed["status"], "failed");
  assert.match((failed["error"] as { message: string }).message, /"NO_IMAGE"/);
  const answer = await collect(streamOf([nothing]));
  assert.throws(() => testEncoder().whole(answer), { code: "upstream_failed" });
});

test("a stream without a finish is a failure", () => {
  assert.equal(terminal(said("Hello"))["status"], "failed");
});

test("usage is an object even where the upstream counted nothing", () => {
  assert.deepEqual(terminal(said("Hello"), end("stop"))["usage"], {
    input_tokens: 0,
    input_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
    output_tokens: 0,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: 0,
  });
});

test("other alternatives than the first are left out", () => {
  const other: ChatEvent = { type: "text", choice: 1, text: "two" };
  const response = terminal(said("one"), other, end("stop"));
  assert.equal(JSON.stringify(response["output"]).includes("two"), false);
});

test("choices repeat the text of an answer that is not streamed", async () => {
  const encoder = testEncoder(undefined, true);
  const answer = await collect(streamOf([[said("Hel"), said("lo"), end("length")]]));
  const whole = encoder.whole(answer) as { choices: unknown; object: string };
  assert.equal(whole.object, "response");
  assert.deepEqual(whole.choices, [
    { index: 0, message: { role: "assistant", content: "Hello" }, finish_reason: "length" },
  ]);
});
