import assert from "node:assert/strict";
import { test } from "node:test";
import {
  AgproxyError,
  collect,
  SseDecoder,
  sseFrame,
  type ChatEvent,
  type FinishReason,
} from "@agproxy/core";
import { readSseText } from "@agproxy/core/testing";
import * as fc from "fast-check";
import { chatAnswer } from "./chat-answer.ts";
import { plainWish, type ChatWish } from "./chat-request.ts";
import { chatStream } from "./chat-stream.ts";

const stamp = { id: "chatcmpl-1", created: 1700000000, model: "gpt-4o" };
const text = (words: string, choice = 0): ChatEvent => ({ type: "text", choice, text: words });
const finish = (reason: FinishReason = "stop", choice = 0): ChatEvent => ({
  type: "finish",
  choice,
  reason,
});
const call = (id: string, choice = 0): ChatEvent => ({
  type: "tool-call",
  choice,
  id,
  name: "f",
  arguments: '{"a":1}',
});
const usage: ChatEvent = {
  type: "usage",
  usage: { inputTokens: 3, outputTokens: 4, totalTokens: 7, reasoningTokens: 2 },
};

interface Chunk {
  readonly id: string;
  readonly created: number;
  readonly model: string;
  readonly object: string;
  readonly choices: readonly {
    readonly index: number;
    readonly delta: Readonly<Record<string, unknown>>;
    readonly logprobs: unknown;
    readonly finish_reason: string | null;
    readonly native_finish_reason?: string;
  }[];
  readonly usage?: unknown;
}

function payloads(wire: string): readonly string[] {
  const found: string[] = [];
  const events = new SseDecoder((data) => found.push(data));
  events.read(new TextEncoder().encode(wire));
  events.end();
  return found;
}

/** The chunks of a good stream, without its `[DONE]`. */
async function chunks(
  batches: readonly (readonly ChatEvent[])[],
  wish: Partial<ChatWish> = {},
): Promise<readonly Chunk[]> {
  const encoder = chatStream(stamp, { ...plainWish, ...wish });
  const wire = batches.map((batch) => encoder.batch(batch)).join("") + encoder.end();
  const found = payloads(wire);
  assert.equal(found.at(-1), "[DONE]");
  return found.slice(0, -1).map((payload) => JSON.parse(payload) as Chunk);
}

const google = (signature: string) => ({ google: { thought_signature: signature } });

const deltas = async (batches: readonly (readonly ChatEvent[])[], wish?: Partial<ChatWish>) =>
  (await chunks(batches, wish)).flatMap(({ choices }) => choices.map(({ delta }) => delta));

test("a text answer, chunk by chunk", async () => {
  const head = { ...stamp, object: "chat.completion.chunk" };
  const plain = { index: 0, logprobs: null, finish_reason: null };
  assert.deepEqual(await chunks([[text("Hel")], [], [text("lo"), finish()], [usage]]), [
    { ...head, choices: [{ ...plain, delta: { role: "assistant", content: "Hel" } }] },
    { ...head, choices: [{ ...plain, delta: { content: "lo" } }] },
    { ...head, choices: [{ ...plain, delta: {}, finish_reason: "stop" }] },
  ]);
});

test("counts come once, last, and only to who asked for them", async () => {
  const found = await chunks(
    [
      [text("a"), usage],
      [finish(), usage],
    ],
    { includeUsage: true },
  );
  const last = found.at(-1);
  assert.deepEqual(last?.choices, []);
  assert.deepEqual(last?.usage, {
    prompt_tokens: 3,
    completion_tokens: 4,
    total_tokens: 7,
    prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: 2,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  });
  assert.ok(found.slice(0, -1).every((chunk) => chunk.usage === null));
  const unasked = await chunks([[text("a"), finish(), usage]]);
  assert.ok(unasked.every((chunk) => !("usage" in chunk)));
});

test("the role stands in the first delta of each choice and nowhere else", async () => {
  const found = await chunks([
    [text("a", 0), text("b", 1)],
    [text("c", 1), finish("stop", 0), finish("length", 1)],
  ]);
  const roles = found.flatMap(({ choices }) =>
    choices.map(({ index, delta }) => [index, delta["role"]]),
  );
  assert.deepEqual(roles, [
    [0, "assistant"],
    [1, "assistant"],
    [1, undefined],
    [0, undefined],
    [1, undefined],
  ]);
});

test("parallel calls: one index each, counted per choice, arguments whole", async () => {
  const found = await deltas([
    [call("a")],
    [call("x", 1)],
    [call("b"), finish(), finish("stop", 1)],
  ]);
  const calls = found.flatMap((delta) => (delta["tool_calls"] ?? []) as readonly object[]);
  const fn = { type: "function", function: { name: "f", arguments: '{"a":1}' } };
  assert.deepEqual(calls, [
    { index: 0, id: "a", ...fn },
    { index: 0, id: "x", ...fn },
    { index: 1, id: "b", ...fn },
  ]);
  assert.equal(found[0]?.["content"], null);
});

test("a signature stays on what it came with", async () => {
  const found = await deltas([
    [
      { type: "text", choice: 0, text: "a", signature: "s1" },
      { type: "tool-call", choice: 0, id: "c", name: "f", arguments: "{}", signature: "s2" },
      finish(),
    ],
  ]);
  assert.deepEqual(found[0]?.["extra_content"], google("s1"));
  const [tool] = (found[1]?.["tool_calls"] ?? []) as readonly Record<string, unknown>[];
  assert.deepEqual(tool?.["extra_content"], google("s2"));
  assert.ok(!("extra_content" in (found[1] ?? {})));
});

test("thoughts, refusals, media and code have their places", async () => {
  const found = await deltas([
    [
      { type: "reasoning", choice: 0, text: "hm" },
      { type: "refusal", choice: 0, text: "no" },
      { type: "media", choice: 0, media: "image", mimeType: "image/png", data: "aGk=" },
      { type: "media", choice: 0, media: "audio", mimeType: "audio/wav", data: "aGk=" },
      { type: "code", choice: 0, language: "python", code: "print('```')" },
      { type: "code-result", choice: 0, outcome: "failed", output: "no\n" },
      finish(),
    ],
  ]);
  assert.deepEqual(found, [
    { role: "assistant", content: null, reasoning_content: "hm" },
    { refusal: "no" },
    { content: "![image](data:image/png;base64,aGk=)" },
    { content: "[audio](data:audio/wav;base64,aGk=)" },
    { content: "\n````python\nprint('```')\n````\n" },
    { content: "\n```output (failed)\nno\n```\n" },
    {},
  ]);
});

test("sources come before the finish, and count in the content", async () => {
  const image: ChatEvent = {
    type: "media",
    choice: 0,
    media: "image",
    mimeType: "image/png",
    data: "aGk=",
  };
  const inserted = "![image](data:image/png;base64,aGk=)".length;
  const found = await chunks([
    [{ type: "citation", choice: 0, citation: { url: "https://b", title: "B", start: 2, end: 4 } }],
    [text("ab"), image, text("cd")],
    [{ type: "citation", choice: 0, citation: { url: "https://a" } }, finish()],
  ]);
  assert.deepEqual(found.at(-2)?.choices[0]?.delta["annotations"], [
    {
      type: "url_citation",
      url_citation: {
        start_index: 2 + inserted,
        end_index: 4 + inserted,
        url: "https://b",
        title: "B",
      },
    },
    {
      type: "url_citation",
      url_citation: {
        start_index: 0,
        end_index: 4 + inserted,
        url: "https://a",
        title: "https://a",
      },
    },
  ]);
  assert.equal(found.at(-1)?.choices[0]?.finish_reason, "stop");
});

test("probabilities carry the bytes of each token", async () => {
  const tokens = [{ token: "é", logprob: -1, top: [{ token: "e", logprob: -2 }] }];
  const [first] = await chunks([[{ type: "logprobs", choice: 0, tokens }, text("é"), finish()]]);
  assert.deepEqual(first?.choices[0]?.logprobs, {
    content: [
      {
        token: "é",
        logprob: -1,
        bytes: [195, 169],
        top_logprobs: [{ token: "e", logprob: -2, bytes: [101] }],
      },
    ],
    refusal: null,
  });
});

for (const [reason, events, expected] of [
  ["stop", [text("a")], "stop"],
  ["stop", [call("a")], "tool_calls"],
  ["tool-calls", [call("a")], "tool_calls"],
  ["tool-calls", [text("a")], "stop"],
  ["length", [call("a")], "length"],
  ["content-filter", [], "content_filter"],
  ["stop", [], "stop"],
  ["other", [text("a")], "stop"],
] as const) {
  const seen = events.map(({ type }) => type).join() || "nothing";
  test(`finish ${reason} after ${seen} is ${expected}`, async () => {
    const found = await chunks([[...events, finish(reason), finish("stop")]]);
    const reasons = found.flatMap(({ choices }) => choices.map((choice) => choice.finish_reason));
    assert.deepEqual(
      reasons.filter((word) => word !== null),
      [expected],
    );
  });
}

test("the vendor's own word stands beside the API's", async () => {
  const end: ChatEvent = { type: "finish", choice: 0, reason: "other", detail: "LANGUAGE" };
  const found = await chunks([[text("a"), end]]);
  assert.equal(found.at(-1)?.choices[0]?.native_finish_reason, "LANGUAGE");
});

for (const [reason, code] of [
  ["malformed-tool-call", "malformed_tool_call"],
  ["other", "upstream_failed"],
] as const) {
  test(`finish ${reason} with nothing written is no good end`, () => {
    const encoder = chatStream(stamp, plainWish);
    const thought: ChatEvent = { type: "reasoning", choice: 0, text: "hm" };
    assert.notEqual(encoder.batch([thought, finish(reason)]), "");
    assert.throws(
      () => encoder.end(),
      (error) => error instanceof AgproxyError && error.code === code,
    );
  });
}

test("a stream that lacks a finish cannot end well", () => {
  for (const events of [
    [],
    [text("a")],
    [text("a"), text("b", 1), finish()],
    [finish("stop", 1)],
  ]) {
    const encoder = chatStream(stamp, plainWish);
    encoder.batch(events);
    assert.throws(
      () => encoder.end(),
      (error) => error instanceof AgproxyError && error.code === "upstream_cut",
    );
  }
});

test("a sign of life is nothing that a client reads", async () => {
  const encoder = chatStream(stamp, plainWish);
  const wire = encoder.batch([text("a")]) + encoder.idle() + encoder.batch([finish()]);
  assert.equal(payloads(wire).length, 2);
  assert.match(encoder.idle(), /^:.*\n\n$/);
});

test("a failure is one error frame", async () => {
  const encoder = chatStream(stamp, plainWish);
  encoder.batch([text("a")]);
  const error = new AgproxyError("upstream_failed", "It broke", { details: { a: 1 } });
  const [payload, ...more] = payloads(encoder.fail(error));
  assert.deepEqual(more, []);
  assert.deepEqual(JSON.parse(payload ?? ""), {
    error: {
      message: "It broke. Try again; the message is the upstream's own.",
      type: "server_error",
      param: null,
      code: "upstream_failed",
      details: { a: 1 },
    },
  });
});

test("a client of the older functions gets a function_call, and further calls beside it", async () => {
  const found = await chunks([[call("a"), call("b"), finish()]], { legacyFunctions: true });
  assert.deepEqual(found[0]?.choices[0]?.delta, {
    role: "assistant",
    content: null,
    function_call: { name: "f", arguments: '{"a":1}' },
  });
  const calls = found[1]?.choices[0]?.delta["tool_calls"] ?? [];
  const [second] = calls as readonly { readonly index: number }[];
  assert.equal(second?.index, 0);
  assert.equal(found.at(-1)?.choices[0]?.finish_reason, "function_call");
});

test("a custom tool's call carries its text as it is", async () => {
  const patch: ChatEvent = {
    type: "tool-call",
    choice: 0,
    id: "p",
    name: "patch",
    arguments: '{"input":"*** Begin"}',
  };
  const [first] = await deltas([[patch, finish()]], { customTools: new Set(["patch"]) });
  assert.deepEqual(first?.["tool_calls"], [
    { index: 0, id: "p", type: "custom", custom: { name: "patch", input: "*** Begin" } },
  ]);
});

const word = fc.oneof(
  fc.string(),
  fc.constantFrom('"', "\\", "\n\n", "\u2028", "\ud800", "data: x"),
);
const choice = fc.constantFrom(0, 1);
const signature = fc.option(fc.constantFrom("s1", "s2"), { nil: undefined });
const anyEvent: fc.Arbitrary<ChatEvent> = fc
  .tuple(
    fc.oneof(
      fc.record({ type: fc.constantFrom("text", "reasoning", "refusal"), choice, text: word }),
      fc.record({ type: fc.constant("code"), choice, language: fc.constant("js"), code: word }),
      fc.record({ type: fc.constant("tool-call"), choice, id: word, name: word, arguments: word }),
      fc.record({
        type: fc.constant("citation"),
        choice,
        citation: fc.record({ url: word, start: fc.nat(5), end: fc.nat(5) }),
      }),
      fc.record({
        type: fc.constant("logprobs"),
        choice,
        tokens: fc.array(
          fc.record({
            token: word,
            // JSON has no negative zero.
            logprob: fc.double({ noNaN: true, max: 0, min: -9 }).map((value) => value + 0),
            top: fc.constant([]),
          }),
          { minLength: 1, maxLength: 2 },
        ),
      }),
    ),
    signature,
  )
  .map(
    ([event, token]) => (token === undefined ? event : { ...event, signature: token }) as ChatEvent,
  );

const answers = fc.record({
  batches: fc.array(fc.array(anyEvent, { maxLength: 4 }), { maxLength: 5 }),
  includeUsage: fc.boolean(),
  legacyFunctions: fc.boolean(),
});

const ends: readonly ChatEvent[] = [finish("stop", 0), finish("length", 1), usage];

test("every frame is exactly what JSON.stringify would write", async () => {
  await fc.assert(
    fc.asyncProperty(answers, async ({ batches, ...wish }) => {
      const encoder = chatStream(stamp, { ...plainWish, ...wish });
      const wire = [...batches, ends].map((batch) => encoder.batch(batch)).join("") + encoder.end();
      const found = payloads(wire);
      const rewritten = found
        .slice(0, -1)
        .map((payload) => sseFrame(JSON.stringify(JSON.parse(payload))));
      assert.equal(rewritten.join("") + sseFrame("[DONE]"), wire);
    }),
  );
});

test("what a client joins from a stream is the whole answer of the same events", async () => {
  await fc.assert(
    fc.asyncProperty(answers, async ({ batches, ...more }) => {
      const wish = { ...plainWish, ...more };
      const all = [...batches, ends];
      const answer = await collect(
        (async function* () {
          yield* all;
        })(),
      );
      const whole = chatAnswer(answer, stamp, wish);
      const found = await chunks(all, wish);
      for (const expected of whole.choices) {
        const parts = found
          .flatMap(({ choices }) => choices)
          .filter(({ index }) => index === expected.index);
        const joined = join(parts.map(({ delta }) => delta));
        const { content, ...message } = expected.message;
        assert.equal(joined["content"] ?? "", content ?? "");
        assert.deepEqual({ ...message, content: joined["content"] }, joined);
        assert.equal(parts.at(-1)?.finish_reason, expected.finish_reason);
        const tokens = parts.flatMap(({ logprobs }) =>
          logprobs === null ? [] : (logprobs as { content: unknown[] }).content,
        );
        assert.deepEqual(tokens, expected.logprobs?.content ?? []);
      }
      if (wish.includeUsage) assert.deepEqual(found.at(-1)?.usage, "usage" in whole && whole.usage);
    }),
  );
});

/** As clients do it: texts are joined, lists are appended, the last of anything else counts. */
function join(pieces: readonly Readonly<Record<string, unknown>>[]): Record<string, unknown> {
  const message: Record<string, unknown> = { content: undefined, refusal: null, annotations: [] };
  for (const [key, value] of pieces.flatMap((piece) => Object.entries(piece))) {
    const before = message[key];
    if (key === "tool_calls") {
      const known = (before ?? []) as readonly object[];
      const [{ index, ...call } = {}] = value as readonly { index?: number }[];
      assert.equal(index, known.length);
      message[key] = [...known, call];
    } else if (key === "annotations") message[key] = value;
    else if (typeof value === "string")
      message[key] = (typeof before === "string" ? before : "") + value;
    else if (value !== null) message[key] = value;
  }
  // An empty piece of these says nothing, and a whole answer leaves it out.
  if (message["refusal"] === "") message["refusal"] = null;
  if (message["reasoning_content"] === "") delete message["reasoning_content"];
  return message;
}

test("a streamed sound has its signature on its last delta, a whole one on the message", async () => {
  const sound: ChatEvent = {
    type: "media",
    choice: 0,
    media: "audio",
    mimeType: "audio/pcm",
    data: "A".repeat(20_000),
    signature: "s",
  };
  const wish: ChatWish = { ...plainWish, audio: "pcm16" };
  const { batch } = chatStream(stamp, wish);
  const deltas = readSseText(batch([sound])).map(
    ({ data }) =>
      (JSON.parse(data) as { choices: { delta: Record<string, unknown> }[] }).choices[0]?.delta,
  );
  assert.deepEqual(
    deltas.map((delta) => delta?.["extra_content"]),
    [undefined, google("s")],
  );
  const answer = await collect(
    (async function* () {
      yield [sound, finish()];
    })(),
  );
  const [choice] = chatAnswer(answer, stamp, wish).choices;
  assert.deepEqual(choice?.message.extra_content, google("s"));
});
