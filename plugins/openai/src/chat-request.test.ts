import assert from "node:assert/strict";
import { test } from "node:test";
import { AgproxyError } from "@agproxy/core";
import * as fc from "fast-check";
import { decodeChat } from "./chat-request.ts";
import { decodeCompletion } from "./completion-request.ts";
import { ignoredInChat } from "./ignored-fields.ts";

const hi = [{ role: "user", content: "hi" }];
const chat = (more: object) => decodeChat({ model: "m", messages: hi, ...more });
const reasoning = (more: object) => chat(more).request.reasoning;
const output = (response_format: unknown) => chat({ response_format }).request.output;

/** The param of the 400 that a body gets. */
function refused(body: unknown): string | undefined {
  try {
    decodeChat(body);
  } catch (thrown) {
    assert.ok(thrown instanceof AgproxyError);
    assert.equal(thrown.code, "invalid_request");
    assert.equal(thrown.status, 400);
    assert.ok(thrown.message.includes(String(thrown.param)));
    return thrown.param;
  }
  return assert.fail("the body was understood");
}

test("fields that are read in any chat mean the same beside others", () => {
  const usual = {
    stream: true,
    stream_options: { include_usage: true },
    temperature: 0.5,
    top_p: 0.9,
    top_k: 40,
    n: 2,
    seed: 7,
    stop: ["END"],
    max_tokens: 100,
    max_completion_tokens: 50,
    presence_penalty: 0.1,
    frequency_penalty: 0.2,
    logprobs: true,
    top_logprobs: 3,
  };
  const alone = chat(usual);
  assert.deepEqual(chat({ ...usual, unheard_of: 1 }), alone);
  assert.equal(Object.keys(alone.request.sampling).length, 10);
});

test("a plain chat", () => {
  assert.deepEqual(chat({}).request, {
    model: "m",
    messages: [{ role: "user", content: [{ type: "text", text: "hi" }] }],
    stream: false,
    sampling: {},
  });
});

test("every sampling field arrives", () => {
  const { sampling } = chat({
    temperature: 0.5,
    top_p: 0.9,
    top_k: 40,
    n: 2,
    seed: -7,
    presence_penalty: 1,
    frequency_penalty: -1,
    stop: "END",
    logprobs: true,
    top_logprobs: 3,
    max_tokens: 10,
  }).request;
  assert.deepEqual(sampling, {
    temperature: 0.5,
    topP: 0.9,
    topK: 40,
    choices: 2,
    seed: -7,
    presencePenalty: 1,
    frequencyPenalty: -1,
    stop: ["END"],
    logprobs: 3,
    maxAnswerTokens: 10,
  });
});

test("max_completion_tokens wins over max_tokens", () => {
  assert.equal(chat({ max_tokens: 5, max_completion_tokens: 9 }).request.sampling.maxTokens, 9);
});

test("logprobs are asked for by the switch, not by their number", () => {
  assert.deepEqual(chat({ logprobs: true }).request.sampling, { logprobs: 0 });
  assert.deepEqual(chat({ top_logprobs: 3 }).request.sampling, {});
});

for (const [effort, expected] of [
  ["none", "none"],
  ["minimal", "minimal"],
  ["xhigh", "xhigh"],
  ["max", "xhigh"],
] as const) {
  test(`reasoning_effort ${effort}`, () => {
    assert.deepEqual(chat({ reasoning_effort: effort }).request.reasoning, { effort: expected });
  });
}

test("the objects in which clients write reasoning", () => {
  assert.deepEqual(reasoning({ reasoning: { effort: "low", exclude: true } }), {
    effort: "low",
    include: false,
  });
  assert.deepEqual(reasoning({ reasoning: { effort: "low" }, reasoning_effort: "high" }), {
    effort: "high",
  });
  assert.deepEqual(reasoning({ reasoning: { enabled: false } }), { effort: "none" });
  assert.deepEqual(reasoning({ reasoning: { summary: "auto" } }), { include: true });
  assert.deepEqual(reasoning({ thinking: { type: "disabled" } }), { effort: "none" });
  assert.deepEqual(reasoning({ enable_thinking: false }), { effort: "none" });
  assert.equal(reasoning({ reasoning: {}, thinking: null }), undefined);
});

test("response formats", () => {
  assert.deepEqual(output({ type: "text" }), { type: "text" });
  assert.deepEqual(output({ type: "json_object" }), { type: "json" });
  assert.deepEqual(
    output({ type: "json_schema", json_schema: { name: "n", strict: true, schema: { a: 1 } } }),
    { type: "json", name: "n", strict: true, schema: { a: 1 } },
  );
  assert.equal(output({}), undefined);
});

test("image options, modalities, identity and vendor fields", () => {
  const { request } = chat({
    size: "1024x1024",
    quality: "hd",
    modalities: ["text", "image"],
    prompt_cache_key: "k",
    user: "old",
    safety_identifier: "new",
    extra_body: { google: { thinking_config: { include_thoughts: true } }, top_k: 3 },
  });
  assert.deepEqual(request.image, { size: "1024x1024", quality: "hd" });
  assert.deepEqual(request.modalities, ["text", "image"]);
  assert.equal(request.cacheKey, "k");
  assert.equal(request.user, "new");
  assert.deepEqual(request.extensions, {
    google: { thinking_config: { include_thoughts: true } },
  });
  assert.equal(request.sampling.topK, 3);
  assert.deepEqual(chat({ google: { a: 1 } }).request.extensions, { google: { a: 1 } });
});

test("vendor fields arrive as they were written, in either place", () => {
  const google = {
    safety_settings: [{ category: "HARM_CATEGORY_HARASSMENT", threshold: "BLOCK_NONE" }],
    cached_content: "cachedContents/1",
    tools: [{ google_maps: {} }],
    generationConfig: { mediaResolution: "MEDIA_RESOLUTION_LOW" },
    not_known_to_anyone: null,
  };
  for (const body of [{ google }, { extra_body: { google } }]) {
    const { request, ignored } = chat(body);
    assert.deepEqual(request.extensions, { google });
    assert.equal(request.hostedTools, undefined);
    assert.deepEqual(ignored, []);
  }
});

test("what the answer is to look like is kept apart from what is asked", () => {
  const { wish, request } = chat({ stream: true, stream_options: { include_usage: true } });
  assert.equal(wish.includeUsage, true);
  assert.equal(request.stream, true);
  assert.equal(chat({ stream: true, stream_options: null }).wish.includeUsage, false);
});

test("fields that cannot be honoured are named, those that ask for nothing are not", () => {
  const asked = Object.fromEntries(ignoredInChat.map((name) => [name, "x"]));
  assert.deepEqual(chat(asked).ignored, ignoredInChat);
  for (const nothing of [null, "", false, {}, []]) {
    const silent = Object.fromEntries(ignoredInChat.map((name) => [name, nothing]));
    assert.deepEqual(chat(silent).ignored, []);
  }
});

test("nulls, empty values and unknown fields never fail a request", () => {
  const known = Object.keys({ ...fields });
  const plain = chat({}).request;
  assert.deepEqual(chat(Object.fromEntries(known.map((name) => [name, null]))).request, plain);
  assert.deepEqual(
    chat({ invented: { a: 1 }, tools: [], functions: [], modalities: [], stop: [], user: "" })
      .request,
    plain,
  );
  assert.deepEqual(chat({ reasoning: {}, response_format: {}, stream_options: {} }).request, plain);
});

/** A wrong value of every field that is read. */
const fields = {
  temperature: "warm",
  top_p: "1",
  top_k: true,
  n: 0,
  seed: 1.5,
  presence_penalty: [],
  frequency_penalty: {},
  stop: 3,
  logprobs: "yes",
  top_logprobs: -1,
  max_tokens: 0,
  max_completion_tokens: 1.5,
  reasoning_effort: "frantic",
  stream: "yes",
  stream_options: "usage",
  parallel_tool_calls: 1,
  tools: {},
  functions: "f",
  tool_choice: "maybe",
  function_call: 3,
  response_format: "json",
  modalities: "text",
  web_search_options: "on",
  size: 5,
  quality: 5,
  prompt_cache_key: 5,
  user: 5,
  safety_identifier: 5,
} as const;

for (const [name, value] of Object.entries(fields)) {
  test(`a wrong ${name} is a 400 that names it`, () => {
    assert.equal(refused({ model: "m", messages: hi, [name]: value }), name);
  });
}

for (const [param, body] of [
  ["body", []],
  ["model", { messages: hi }],
  ["model", { model: 3, messages: hi }],
  ["messages", { model: "m" }],
  ["messages", { model: "m", messages: [] }],
  ["messages[0]", { model: "m", messages: ["hi"] }],
  ["messages[1].role", { model: "m", messages: [...hi, { role: "wizard" }] }],
  ["messages[0].content", { model: "m", messages: [{ role: "user", content: 3 }] }],
  ["messages[0].content[1]", { model: "m", messages: [{ role: "user", content: ["a", 3] }] }],
  ["stop[1]", { model: "m", messages: hi, stop: ["a", 1] }],
  ["reasoning.effort", { model: "m", messages: hi, reasoning: { effort: "huge" } }],
  ["response_format.type", { model: "m", messages: hi, response_format: { type: "xml" } }],
  ["tools[0].function.name", { model: "m", messages: hi, tools: [{ function: { name: "" } }] }],
] as const) {
  test(`${JSON.stringify(body)} is a 400 that names ${param}`, () => {
    assert.equal(refused(body), param);
  });
}

test("whatever JSON comes in, decoding throws nothing but a 400", () => {
  const key = fc.constantFrom(...Object.keys(fields), "model", "messages", "prompt", "role");
  const inner = fc.constantFrom("content", "tool_calls", "type", "function", "id", "audio", "data");
  const { json } = fc.letrec((tie) => ({
    leaf: fc.oneof(
      fc.constantFrom("user", "assistant", "tool", "text", "image_url", "data:,%zz", "file"),
      fc.jsonValue({ maxDepth: 2 }),
    ),
    json: fc.oneof(
      { maxDepth: 5 },
      tie("leaf"),
      fc.array(tie("json"), { maxLength: 3 }),
      fc.dictionary(fc.oneof(key, inner), tie("json"), { maxKeys: 6 }),
    ),
  }));
  const message = fc.record(
    {
      role: fc.constantFrom("user", "assistant", "tool", "function", "system"),
      content: json,
      tool_calls: json,
      function_call: json,
      extra_content: json,
      tool_call_id: json,
    },
    { requiredKeys: ["role"] },
  );
  const body = fc.oneof(
    json,
    fc
      .tuple(json, fc.array(message, { maxLength: 4 }))
      .map(([more, messages]) => ({ ...(more as object), model: "m", messages, prompt: more })),
  );
  fc.assert(
    fc.property(body, (value) => {
      for (const decode of [decodeChat, decodeCompletion]) {
        try {
          decode(value);
        } catch (thrown) {
          assert.ok(thrown instanceof AgproxyError, String(thrown));
          assert.equal(thrown.status, 400);
          assert.notEqual(thrown.param, undefined);
        }
      }
    }),
    { numRuns: 500 },
  );
});

const voiceOf = (rest: object) => {
  const { request, ignored } = decodeChat({
    model: "m",
    messages: [{ role: "user", content: "hi" }],
    ...rest,
  });
  return [request.voice, ignored];
};

test("the voice of a spoken answer; what of `audio` is not honoured is named", () => {
  const modalities = ["text", "audio"];
  const audio = { voice: "alloy", format: "wav" };
  assert.deepEqual(voiceOf({ modalities, audio }), ["alloy", []]);
  assert.deepEqual(voiceOf({ modalities, audio, stream: true }), ["alloy", ["audio.format"]]);
  const opus = { voice: "alloy", format: "opus" };
  assert.deepEqual(voiceOf({ modalities, audio: opus }), ["alloy", ["audio.format"]]);
  assert.deepEqual(voiceOf({ modalities, audio: { voice: { id: "v" } } }), ["v", []]);
  assert.deepEqual(voiceOf({ audio }), [undefined, ["audio"]]);
  assert.deepEqual(voiceOf({ modalities, audio: { voice: {} } }), [undefined, ["audio"]]);
  assert.deepEqual(voiceOf({ modalities, audio: null }), [undefined, []]);
});

test("nesting beyond all measure is a 400, not a crash", () => {
  const deep = JSON.parse(`${"[".repeat(50_000)}${"]".repeat(50_000)}`) as unknown;
  const part = { type: "hologram", deep };
  assert.equal(
    refused({ model: "m", messages: [{ role: "user", content: [part] }] }),
    "messages[0].content[0]",
  );
});
