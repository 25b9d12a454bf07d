import assert from "node:assert/strict";
import { test } from "node:test";
import type { ChatEvent } from "@agproxy/core";
import {
  chunk,
  completion,
  finish,
  readAnswer,
  readDocument,
  readStream,
  sse,
} from "../fixtures/answers.ts";

const text = (words: string, choice = 0): ChatEvent => ({ type: "text", choice, text: words });
const stop: ChatEvent = { type: "finish", choice: 0, reason: "stop" };
const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 };
const counted: ChatEvent = {
  type: "usage",
  usage: { inputTokens: 3, outputTokens: 2, totalTokens: 5 },
};

test("OpenAI: a role first, text in pieces, a finish, counts in a chunk without choices", async () => {
  const events = await readStream(
    chunk({ role: "assistant", content: "", refusal: null }),
    chunk({ content: "Hel" }),
    chunk({ content: "lo" }),
    finish("stop"),
    { id: "chatcmpl-1", object: "chat.completion.chunk", choices: [], usage },
  );
  assert.deepEqual(events, [text("Hel"), text("lo"), stop, counted]);
});

test("a whole answer", async () => {
  const answer = completion({ content: "Hello", refusal: null, annotations: [] }, { usage });
  assert.deepEqual(await readDocument(answer), [text("Hello"), stop, counted]);
});

test("a stream that was asked for and comes whole is read", async () => {
  const { events, error } = await readAnswer([JSON.stringify(completion({ content: "Hello" }))]);
  assert.equal(error, undefined);
  assert.deepEqual(events, [text("Hello"), stop]);
});

test("MiniMax repeats a whole message at the end of its stream", async () => {
  const events = await readStream(chunk({ content: "Hello" }), completion({ content: "Hello" }));
  assert.deepEqual(events, [text("Hello"), stop]);
});

const of = (index: number, content: string, end: string | null = null) => ({
  choices: [{ index, delta: { content }, finish_reason: end }],
});

test("several choices, mixed", async () => {
  const events = await readStream(of(1, "b"), of(0, "a"), of(1, "B", "length"), of(0, "", "stop"));
  assert.deepEqual(events, [
    text("b", 1),
    text("a"),
    text("B", 1),
    { type: "finish", choice: 1, reason: "length" },
    stop,
  ]);
});

test("counts where Groq and Moonshot put them", async () => {
  const groq = { ...finish("stop"), x_groq: { id: "r", usage } };
  const moonshot = finish("stop", { usage });
  for (const last of [groq, moonshot]) {
    assert.deepEqual(await readStream(chunk({ content: "a" }), last), [text("a"), stop, counted]);
  }
});

test("reasoning under either name is said once: vLLM sends both", async () => {
  const events = await readStream(
    chunk({ reasoning_content: "a" }),
    chunk({ reasoning: "b" }),
    chunk({ reasoning: "c", reasoning_content: "c" }),
    chunk({ content: "d" }),
    finish("stop"),
  );
  assert.deepEqual(
    events.map((event) => [event.type, "text" in event ? event.text : ""]),
    [
      ["reasoning", "a"],
      ["reasoning", "b"],
      ["reasoning", "c"],
      ["text", "d"],
      ["finish", ""],
    ],
  );
});

test("Mistral: thoughts are a part of the content", async () => {
  const content = [
    { type: "thinking", thinking: [{ type: "text", text: "hm" }] },
    { type: "text", text: "Hello" },
  ];
  const thought: ChatEvent = { type: "reasoning", choice: 0, text: "hm" };
  assert.deepEqual(await readDocument(completion({ content })), [thought, text("Hello"), stop]);
});

const detail = (rest: object) => ({ type: "reasoning.text", index: 0, format: "x", ...rest });

test("OpenRouter's reasoning details are joined and go with the first call", async () => {
  const call = { index: 0, id: "c1", function: { name: "f", arguments: "{}" } };
  const events = await readStream(
    chunk({ reasoning: "I ", reasoning_details: [detail({ text: "I " })] }),
    chunk({ reasoning: "see", reasoning_details: [detail({ text: "see" })] }),
    chunk({ reasoning_details: [detail({ signature: "sig" })] }),
    chunk({ tool_calls: [call] }),
    finish("tool_calls"),
  );
  const details = JSON.stringify([detail({ text: "I see", signature: "sig" })]);
  assert.deepEqual(events.slice(2), [
    {
      type: "tool-call",
      choice: 0,
      id: "c1",
      name: "f",
      arguments: "{}",
      signature: `marked:d${details}`,
    },
    { type: "finish", choice: 0, reason: "tool-calls" },
  ]);
});

test("without a call, reasoning details go with an empty text; details alone are readable", async () => {
  const details = [
    { type: "reasoning.summary", summary: "short", id: null, index: 0 },
    { type: "reasoning.encrypted", data: "abc", id: "r1", index: 1 },
  ];
  const events = await readDocument(completion({ content: "Hi", reasoning_details: details }));
  assert.deepEqual(events, [
    { type: "reasoning", choice: 0, text: "short" },
    text("Hi"),
    { ...text(""), signature: `marked:d${JSON.stringify(details)}` },
    stop,
  ]);
});

test("details beyond all size are not kept", async () => {
  const data = "x".repeat(600_000);
  const of = (index: number) => ({ type: "reasoning.encrypted", index, data });
  const message = { content: "Hi", reasoning_details: [of(0), of(1)] };
  assert.deepEqual(await readDocument(completion(message)), [text("Hi"), stop]);
});

const signed = (signature: string) => ({
  extra_content: { google: { thought_signature: signature } },
});

test("signatures of a gateway stay on what they sign", async () => {
  const call = { index: 0, id: "c1", function: { name: "f", arguments: "{}" }, ...signed("one") };
  const events = await readStream(
    chunk({ content: "Hi", ...signed("two") }),
    chunk({ tool_calls: [call] }),
    finish("tool_calls"),
  );
  assert.deepEqual(
    events.map((event) => ("signature" in event ? event.signature : undefined)),
    [undefined, "marked:sone", "marked:stwo", undefined],
  );
});

test("a refusal, and a filter that leaves nothing", async () => {
  const refusal: ChatEvent = { type: "refusal", choice: 0, text: "No." };
  assert.deepEqual(await readDocument(completion({ content: null, refusal: "No." })), [
    refusal,
    stop,
  ]);
  const filtered = await readStream(finish("content_filter"));
  assert.deepEqual(filtered, [
    { type: "refusal", choice: 0, text: "The answer was filtered." },
    { type: "finish", choice: 0, reason: "content-filter" },
  ]);
});

const native = async (own: string) =>
  (await readStream(chunk({ content: "a" }), finish("stop", { native_finish_reason: own }))).at(-1);

test("every word for an end", async () => {
  const table = [
    ["stop", "stop", undefined],
    ["length", "length", undefined],
    ["eos", "stop", undefined],
    ["model_length", "length", undefined],
    ["function_call", "tool-calls", undefined],
    ["content_filter", "content-filter", undefined],
    ["insufficient_system_resource", "other", "insufficient_system_resource"],
    ["abort", "other", "abort"],
  ] as const;
  for (const [word, reason, detail] of table) {
    const events = await readStream(chunk({ content: "a" }), finish(word));
    const expected = { type: "finish", choice: 0, reason, ...(detail && { detail }) };
    assert.deepEqual(events.at(-1), expected, word);
  }
  assert.deepEqual(await native("end_turn"), stop);
  assert.deepEqual(await native("LANGUAGE"), { ...stop, detail: "LANGUAGE" });
});

test("probabilities", async () => {
  const top = { token: "b", logprob: -2, bytes: [98] };
  const content = [{ token: "a", logprob: -0.5, bytes: [97], top_logprobs: [top] }];
  const events = await readStream(
    chunk({ content: "a" }, { logprobs: { content, refusal: null } }),
    finish("stop"),
  );
  assert.deepEqual(events[1], {
    type: "logprobs",
    choice: 0,
    tokens: [{ token: "a", logprob: -0.5, top: [{ token: "b", logprob: -2 }] }],
  });
});

const cite = (rest: object) => ({
  type: "url_citation",
  url_citation: { url: "https://a", ...rest },
});

test("sources, with a range and without, and Perplexity's links", async () => {
  const annotations = [
    cite({ title: "A", start_index: 0, end_index: 2, content: "…" }),
    cite({ start_index: 0, end_index: 0 }),
  ];
  const answer = completion(
    { content: "Hi", annotations },
    { citations: ["https://p", "https://p"] },
  );
  const citations = (await readDocument(answer)).flatMap((event) =>
    event.type === "citation" ? [event.citation] : [],
  );
  assert.deepEqual(citations, [
    { url: "https://a", title: "A", start: 0, end: 2 },
    { url: "https://a" },
    { url: "https://p" },
  ]);
});

test("pictures that were drawn, and sound that was spoken", async () => {
  const images = [
    { type: "image_url", image_url: { url: "data:image/png;base64,iVBO" }, index: 0 },
    { type: "image_url", image_url: { url: "https://a/b.png" } },
  ];
  const events = await readStream(
    chunk({ images }),
    chunk({ audio: { id: "a", transcript: "Hel" } }),
    chunk({ audio: { id: "a", data: "AAAA" } }),
    chunk({ audio: { expires_at: 1 } }),
    finish("stop"),
  );
  assert.deepEqual(events, [
    { type: "media", choice: 0, media: "image", mimeType: "image/png", data: "iVBO" },
    text("![image](https://a/b.png)"),
    text("Hel"),
    { type: "media", choice: 0, media: "audio", mimeType: "audio/pcm;rate=24000", data: "AAAA" },
    stop,
  ]);
});

test("a stream may end without [DONE], or without a finish reason, but not without both", async () => {
  assert.equal((await readAnswer([sse(chunk({ content: "a" }), finish("stop"))])).error, undefined);
  assert.deepEqual(await readStream(chunk({ content: "a" })), [text("a"), stop]);
  const { events, error } = await readAnswer([sse(chunk({ content: "a" })), ""]);
  assert.deepEqual(events, [text("a")]);
  assert.equal(error?.code, "upstream_cut");
  assert.equal((await readAnswer([])).error?.code, "upstream_cut");
  assert.equal((await readAnswer(["data: [DONE]\n\n"])).error?.code, "upstream_cut");
});

test("after [DONE] nothing counts, and a server that keeps the connection open holds up nobody", async () => {
  const { events, error } = await readAnswer([
    sse(chunk({ content: "a" }), finish("stop"), "[DONE]", { error: { message: "late" } }),
    sse(chunk({ content: "b" })),
  ]);
  assert.equal(error, undefined);
  assert.deepEqual(events, [text("a"), stop]);
});

test("comments, and events of other kinds, are passed over", async () => {
  const wire = `: OPENROUTER PROCESSING\n\nevent: message\n${sse(chunk({ content: "a" }), finish("stop"))}`;
  assert.deepEqual((await readAnswer([wire])).events, [text("a"), stop]);
});

test("errors in the middle of a stream, in the shapes of real servers", async () => {
  const vllm = {
    error: { object: "error", message: "Bad.", type: "BadRequestError", param: null, code: 400 },
  };
  const openrouter = {
    id: "gen-1",
    error: {
      code: 502,
      message: "Provider returned error",
      metadata: { provider_name: "X", raw: "boom" },
    },
    choices: [{ index: 0, delta: { content: "" }, finish_reason: "error" }],
  };
  const inChoice = {
    choices: [
      { index: 0, delta: {}, finish_reason: "error", error: { code: 429, message: "Slow down" } },
    ],
  };
  const table: readonly (readonly [string, string, RegExp])[] = [
    [sse(vllm), "upstream_rejected", /^Bad\.$/],
    [sse(openrouter), "upstream_failed", /^Provider returned error: boom$/],
    [sse(inChoice), "rate_limit_exceeded", /^Slow down$/],
    [
      sse({ error: { message: "Out", type: "insufficient_quota", code: "insufficient_quota" } }),
      "quota_exhausted",
      /Out/,
    ],
    [
      sse({ object: "error", message: "Too long.", type: "BadRequestError", code: 400 }),
      "upstream_rejected",
      /^Too long\.$/,
    ],
    [sse({ error: "model runner has unexpectedly stopped" }), "upstream_failed", /stopped/],
    [
      `error: ${JSON.stringify({ error: { code: 500, message: "Slot lost" } })}\n\n`,
      "upstream_failed",
      /Slot lost/,
    ],
    [
      JSON.stringify({ error: { code: 503, message: "Loading model", type: "unavailable_error" } }),
      "upstream_unavailable",
      /Loading/,
    ],
  ];
  for (const [failure, code, message] of table) {
    const { events, error } = await readAnswer([sse(chunk({ content: "a" })), failure]);
    assert.deepEqual(events, [text("a")], failure);
    assert.equal(error?.code, code, failure);
    assert.match(error.message, message);
  }
});

test("a good status with an error in the document is an error", async () => {
  const answer = { error: { code: 429, message: "Rate limited upstream" }, user_id: "u" };
  const { error } = await readAnswer([JSON.stringify(answer)], { streamed: false });
  assert.equal(error?.code, "rate_limit_exceeded");
});

test("JSON of another shape, and text that is no JSON, cannot be read", async () => {
  for (const body of ['{"a":1}', "7", "null", "<html>", "[]"]) {
    for (const streamed of [true, false]) {
      const { error } = await readAnswer([streamed ? `data: ${body}\n\n` : body], { streamed });
      assert.equal(error?.code, "upstream_unreadable", body);
    }
  }
});

test("an index that would make a list of millions is the server's mistake", async () => {
  const events = await readStream({
    choices: [{ index: 4_000_000, delta: { content: "a" }, finish_reason: "stop" }],
  });
  assert.deepEqual(events, [text("a"), stop]);
});

test("bytes may be cut anywhere", async () => {
  const wire = Buffer.from(sse(chunk({ content: "é😀日本" }), finish("stop"), "[DONE]"));
  const whole = await readAnswer([wire]);
  for (let at = 1; at < wire.length; at += 7) {
    assert.deepEqual(
      await readAnswer([wire.subarray(0, at), wire.subarray(at)]),
      whole,
      `at ${at}`,
    );
  }
});
