import assert from "node:assert/strict";
import { test } from "node:test";
import { AgproxyError, type ChatEvent } from "@agproxy/core";
import { contentOf, encoder, eventsIn, type Json, streamed, whole } from "../fixtures/answers.ts";

const text = (value: string): ChatEvent => ({ type: "text", choice: 0, text: value });
const thought = (value: string): ChatEvent => ({ type: "reasoning", choice: 0, text: value });
const call: ChatEvent = { type: "tool-call", choice: 0, id: "c1", name: "f", arguments: '{"a":1}' };
const stop: ChatEvent = { type: "finish", choice: 0, reason: "stop" };
const usage: ChatEvent = {
  type: "usage",
  usage: { inputTokens: 10, outputTokens: 7, totalTokens: 17, cachedTokens: 4, reasoningTokens: 3 },
};

const ended = (reason: string, more: Json = {}) => ({
  stop_reason: reason,
  stop_sequence: null,
  stop_details: null,
  container: null,
  ...more,
});

const counted = {
  input_tokens: 6,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 4,
  output_tokens: 7,
  output_tokens_details: { thinking_tokens: 3 },
  server_tool_use: null,
};

test("the ladder of events: thoughts, text, a call, the end and its counts", async () => {
  const events = await streamed([
    thought("h"),
    thought("m"),
    text("Well"),
    text("."),
    call,
    stop,
    usage,
  ]);
  const [start, ...rest] = events;
  const message = start?.["message"] as Json;
  assert.equal(start?.["type"], "message_start");
  assert.deepEqual(
    [message["id"], message["model"], message["content"], message["stop_reason"]],
    ["msg_1", "claude-x", [], null],
  );
  const begun = message["usage"] as Json;
  assert.deepEqual([begun["input_tokens"], begun["output_tokens"]], [12, 0]);
  const [begin, more, end] = ["content_block_start", "content_block_delta", "content_block_stop"];
  const signed = rest[3]?.["delta"] as Json;
  assert.match(String(signed["signature"]), /^ag3\./);
  assert.deepEqual(rest, [
    { type: begin, index: 0, content_block: { type: "thinking", thinking: "", signature: "" } },
    { type: more, index: 0, delta: { type: "thinking_delta", thinking: "h" } },
    { type: more, index: 0, delta: { type: "thinking_delta", thinking: "m" } },
    { type: more, index: 0, delta: signed },
    { type: end, index: 0 },
    { type: begin, index: 1, content_block: { type: "text", text: "" } },
    { type: more, index: 1, delta: { type: "text_delta", text: "Well" } },
    { type: more, index: 1, delta: { type: "text_delta", text: "." } },
    { type: end, index: 1 },
    {
      type: begin,
      index: 2,
      content_block: {
        type: "tool_use",
        id: "c1",
        name: "f",
        input: {},
        caller: { type: "direct" },
      },
    },
    { type: more, index: 2, delta: { type: "input_json_delta", partial_json: '{"a":1}' } },
    { type: end, index: 2 },
    { type: "message_delta", delta: ended("tool_use"), usage: counted },
    { type: "message_stop" },
  ]);
});

test("a whole message has the same blocks", async () => {
  const message = await whole([thought("hm"), text("Well."), call, stop, usage]);
  const { content, ...rest } = message;
  assert.deepEqual(rest, {
    id: "msg_1",
    type: "message",
    role: "assistant",
    model: "claude-x",
    ...ended("tool_use"),
    usage: counted,
  });
  const [thinking, ...others] = content as readonly Json[];
  assert.equal(thinking?.["thinking"], "hm");
  assert.deepEqual(others, [
    { type: "text", text: "Well." },
    { type: "tool_use", id: "c1", name: "f", input: { a: 1 }, caller: { type: "direct" } },
  ]);
});

test("a client that wants no thoughts, or only that there were some, gets what it wants", async () => {
  const events = [thought("hm"), { ...call, signature: "s" }, stop];
  const [omitted] = contentOf(await whole(events, "omitted"));
  assert.equal(omitted?.["type"], "thinking");
  assert.equal(omitted["thinking"] ?? "", "");
  const hidden = contentOf(await whole(events, "hidden"));
  assert.deepEqual(
    hidden.map(({ type }) => type),
    ["tool_use"],
  );
});

const ends = async (finish: object, said: readonly ChatEvent[] = [text("x")]) => {
  const last = { type: "finish", choice: 0, ...finish } as ChatEvent;
  const message = await whole([...said, last]);
  const delta = (await streamed([...said, last])).at(-2)?.["delta"] as Json;
  const { stop_reason: reason, stop_sequence: word, stop_details: details } = message;
  assert.deepEqual(delta, {
    stop_reason: reason,
    stop_sequence: word,
    stop_details: details,
    container: null,
  });
  return [reason, word, details];
};

test("every end has its reason", async () => {
  assert.deepEqual(await ends({ reason: "stop" }), ["end_turn", null, null]);
  assert.deepEqual(await ends({ reason: "stop" }, []), ["end_turn", null, null]);
  assert.deepEqual(await ends({ reason: "length" }), ["max_tokens", null, null]);
  assert.deepEqual(await ends({ reason: "stop" }, [call]), ["tool_use", null, null]);
  assert.deepEqual(await ends({ reason: "tool-calls" }, [call]), ["tool_use", null, null]);
  assert.deepEqual(await ends({ reason: "other", detail: "LANGUAGE" }), ["end_turn", null, null]);
  const refused = { type: "refusal", category: null, explanation: "SAFETY" };
  assert.deepEqual(await ends({ reason: "content-filter", detail: "SAFETY" }), [
    "refusal",
    null,
    refused,
  ]);
  assert.deepEqual(await ends({ reason: "stop", stopSequence: "END" }), [
    "stop_sequence",
    "END",
    null,
  ]);
  for (const own of ["pause_turn", "model_context_window_exceeded"]) {
    assert.deepEqual(await ends({ reason: "other", detail: own }, []), [own, null, null]);
  }
});

const bad = (reason: "malformed-tool-call" | "other"): ChatEvent => ({
  type: "finish",
  choice: 0,
  reason,
});

test("an answer that failed is never taken for a good one", async () => {
  await assert.rejects(streamed([text("x")]), { code: "upstream_cut" });
  await assert.rejects(streamed([bad("other")]), { code: "upstream_failed" });
  await assert.rejects(streamed([text("x"), bad("malformed-tool-call")]), {
    code: "malformed_tool_call",
  });
});

test("a failure in the stream, and a sign of life", async () => {
  const one = encoder();
  assert.deepEqual(eventsIn(one.idle?.() ?? ""), [{ type: "ping" }]);
  const [error] = eventsIn(await one.fail(new AgproxyError("model_overloaded")));
  assert.equal(error?.["type"], "error");
  assert.equal(error["request_id"], "request-1");
  assert.equal((error["error"] as Json)["type"], "overloaded_error");
});

function listOf(block: Json | undefined, key: string): readonly Json[] {
  return (block?.[key] ?? []) as readonly Json[];
}

test("citations stand on the last text; searches come before it in a whole message, and last in a stream", async () => {
  const citation = { url: "https://a.example", title: "A", start: 0, end: 2 };
  const events: readonly ChatEvent[] = [
    text("It is."),
    { type: "text", choice: 0, text: "", signature: "s" },
    { type: "search", choice: 0, queries: ["one", "two"] },
    { type: "citation", choice: 0, citation },
    stop,
  ];
  const message = await whole(events);
  const [use, found, second, none, said] = contentOf(message);
  assert.deepEqual(
    [use?.["name"], use?.["input"], second?.["input"]],
    ["web_search", { query: "one" }, { query: "two" }],
  );
  assert.equal(found?.["tool_use_id"], use?.["id"]);
  assert.deepEqual(none?.["content"], []);
  const [result] = listOf(found, "content");
  assert.deepEqual([result?.["url"], result?.["title"]], ["https://a.example", "A"]);
  const [cited] = listOf(said, "citations");
  assert.deepEqual([said?.["text"], cited?.["url"]], ["It is.", "https://a.example"]);
  assert.deepEqual((message["usage"] as Json)["server_tool_use"], {
    web_search_requests: 2,
    web_fetch_requests: 0,
  });
  const stream = await streamed(events);
  const starts = stream.flatMap(
    ({ content_block: block }) => (block as Json | undefined)?.["type"] ?? [],
  );
  assert.deepEqual(starts, [
    "text",
    "server_tool_use",
    "web_search_tool_result",
    "server_tool_use",
    "web_search_tool_result",
  ]);
  assert.ok(
    stream.some(({ delta }) => (delta as Json | undefined)?.["type"] === "citations_delta"),
  );
});

const went = (outcome: "ok" | "failed" | "timeout"): ChatEvent => ({
  type: "code-result",
  choice: 0,
  outcome,
  output: "out",
});

test("code that ran at the vendor, and how it went", async () => {
  const code: ChatEvent = { type: "code", choice: 0, language: "python", code: "1/0" };
  for (const [outcome, content] of [
    ["ok", { stdout: "out", stderr: "", return_code: 0 }],
    ["failed", { stdout: "", stderr: "out", return_code: 1 }],
    ["timeout", { error_code: "execution_time_exceeded" }],
  ] as const) {
    const [use, result] = contentOf(await whole([code, went(outcome), text("x"), stop]));
    assert.deepEqual([use?.["name"], use?.["input"]], ["code_execution", { code: "1/0" }]);
    assert.equal(result?.["tool_use_id"], use?.["id"]);
    const told = result?.["content"] as Json;
    for (const [key, value] of Object.entries(content)) assert.equal(told[key], value);
  }
});

test("arguments are always an object, and long texts come in pieces", async () => {
  const bare: ChatEvent = { ...call, type: "tool-call", arguments: "oh no" };
  const [use] = contentOf(await whole([bare, stop]));
  assert.deepEqual(use?.["input"], { _raw: "oh no" });
  const none: ChatEvent = { ...call, type: "tool-call", arguments: "" };
  assert.deepEqual(contentOf(await whole([none, stop]))[0]?.["input"], {});
  const long = "😀".repeat(20_000);
  const pieces = (await streamed([text(long), stop])).flatMap(
    ({ delta }) => ((delta as Json | undefined)?.["text"] ?? []) as string,
  );
  assert.ok(pieces.length > 3);
  assert.equal(pieces.join(""), long);
});
