import assert from "node:assert/strict";
import { test } from "node:test";
import {
  AgproxyError,
  type ChatEvent,
  type ChatRequest,
  type Message,
  type Part,
} from "@agproxy/core";
import * as fc from "fast-check";
import { embeddingBodies, embeddingEvents } from "./embeddings.ts";
import { eventsOf, now, parts, readAnswer, sse, stop } from "./fixtures/answers.ts";
import { translated, user } from "./fixtures/requests.ts";
import { withToolHistoryAsText } from "./request/tool-history-text.ts";
import { upstreamError } from "./errors/upstream-error.ts";

const key = "AIzaSyD-secret-secret-secret-secret-xyz";
const oneOf = fc.constantFrom;

/** JSON whose keys and words are often those that a mapper looks for. */
function json(keys: readonly string[], words: readonly unknown[]): fc.Arbitrary<unknown> {
  return fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      fc.oneof(oneOf(...words), fc.jsonValue({ maxDepth: 1 })),
      fc.array(tie("value"), { maxLength: 3 }),
      fc.dictionary(fc.oneof(oneOf(...keys), fc.string({ maxLength: 3 })), tie("value"), {
        maxKeys: 5,
        noNullPrototype: true,
      }),
    ),
  })).value;
}

const answerWords = json(
  [
    "candidates",
    "content",
    "parts",
    "text",
    "thought",
    "thoughtSignature",
    "functionCall",
    "toolCall",
    "toolResponse",
    "name",
    "args",
    "id",
    "partialArgs",
    "jsonPath",
    "stringValue",
    "willContinue",
    "inlineData",
    "executableCode",
    "codeExecutionResult",
    "finishReason",
    "index",
    "groundingMetadata",
    "webSearchQueries",
    "groundingChunks",
    "groundingSupports",
    "segment",
    "groundingChunkIndices",
    "web",
    "uri",
    "urlContextMetadata",
    "urlMetadata",
    "citationMetadata",
    "citations",
    "logprobsResult",
    "chosenCandidates",
    "usageMetadata",
    "promptTokenCount",
    "promptFeedback",
    "blockReason",
    "__proto__",
  ],
  ["STOP", "SAFETY", "x", "$.a[0].b", "$.", "AAAA", "image/png", -1, 0, 1, 2, 1e9, true, null],
);

const errorWords = json(
  [
    "error",
    "code",
    "status",
    "message",
    "details",
    "reason",
    "metadata",
    "retryDelay",
    "violations",
  ],
  ["48s", "RESOURCE_EXHAUSTED", 400, 429, 503, `key ${key} is bad`, `api_key:${key}`, null],
);

/** A candidate of any shape, in a frame that is right: plain JSON seldom gets as far as the parts. */
const payload = fc.oneof(
  answerWords,
  answerWords.map((candidate) => ({ candidates: [candidate] })),
  fc.array(answerWords, { maxLength: 3 }).map((list) => parts(...list)),
);

test("no answer breaks the decoder: events, or an error of ours", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(payload, { maxLength: 4 }), fc.boolean(), async (list, streamed) => {
      const body = streamed ? sse(...list, stop) : [Buffer.from(JSON.stringify(list))];
      const { events } = await readAnswer(body, { streamed });
      for (const event of events)
        if (event.type === "tool-call") assert.match(event.id, /^[\w-]{1,64}$/);
    }),
    { numRuns: 500 },
  );
});

test("no error answer breaks its reader, and none shows a key", () => {
  fc.assert(
    fc.property(
      errorWords,
      fc.integer({ min: 200, max: 599 }),
      fc.constantFrom("", " text", "<title>"),
      (value, status, around) => {
        const body = around + JSON.stringify(value);
        for (const answer of [{ status, body }, { body: value }]) {
          const error = upstreamError({ ...answer, now, secrets: [key] });
          assert.ok(error instanceof AgproxyError);
          const { message, advice, details } = error;
          assert.ok(!JSON.stringify({ message, advice, details }).includes(key));
        }
      },
    ),
    { numRuns: 500 },
  );
});

const text = oneOf("", " ", "words", "\n", "日本", "<system>", '{"a":1}');
const id = oneOf("c1", "c2", "c3");
const signature = oneOf(undefined, "RAW", "ag1.12345678.x", "ag1.broken");
const google = oneOf(undefined, {}, { google: { thought_signature: "E" } }, { google: {} });

const source: fc.Arbitrary<Extract<Part, { type: "media" }>["source"]> = oneOf(
  { kind: "data", data: "iVBORx" },
  { kind: "url", url: "data:,%zz" },
  { kind: "url", url: "https://x.example/a.png" },
  { kind: "url", url: "/etc/passwd" },
  { kind: "file", id: "files/a" },
);

const media = fc.record({
  type: fc.constant("media" as const),
  media: oneOf("image" as const, "audio" as const, "video" as const, "file" as const),
  source,
});

const bare: fc.Arbitrary<Part> = fc.oneof(
  fc.record({ type: oneOf("text" as const, "reasoning" as const, "refusal" as const), text }),
  media,
  fc.record({
    type: fc.constant("tool-call" as const),
    id,
    name: oneOf("f", "a/b", "", "日"),
    arguments: oneOf("", "{}", '{"a":', "[1]", '{"__proto__":1}'),
  }),
  fc.record({
    type: fc.constant("tool-result" as const),
    callId: id,
    content: fc.array(fc.oneof(fc.record({ type: fc.constant("text" as const), text }), media), {
      maxLength: 2,
    }),
    isError: fc.boolean(),
  }),
  fc.record({ type: fc.constant("code" as const), language: text, code: text }),
  fc.record({
    type: fc.constant("code-result" as const),
    outcome: oneOf("ok" as const),
    output: text,
  }),
);

const part = fc.tuple(bare, signature, google).map(([own, signed, extensions]): Part => ({
  ...own,
  ...(signed === undefined ? {} : { signature: signed }),
  ...(extensions === undefined ? {} : { extensions }),
}));

/** Only the model calls, and only others answer it: protocols see to that. */
const message: fc.Arbitrary<Message> = fc
  .record({
    role: oneOf<Message["role"]>("system", "developer", "user", "assistant", "tool"),
    content: fc.array(part, { maxLength: 4 }),
  })
  .map(({ role, content }) => {
    const foreign = role === "assistant" ? "tool-result" : "tool-call";
    return { role, content: content.filter(({ type }) => type !== foreign) };
  });

const schema = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }).map((value) => ({ type: "object", properties: { a: value } })),
  oneOf({}, { $ref: "#" }, { $ref: "#/nowhere" }, { type: 5, enum: "x", required: 1, anyOf: {} }),
);

const wishes: fc.Arbitrary<Partial<ChatRequest>> = fc.record(
  {
    tools: fc.array(fc.record({ name: oneOf("f", "a/b", ""), parameters: schema }), {
      maxLength: 2,
    }),
    hostedTools: fc.subarray(["web-search", "url-context", "code-execution"] as const),
    toolChoice: oneOf(
      { mode: "none" },
      { mode: "required", names: ["f"] },
      { mode: "auto", names: [] },
    ),
    output: oneOf({ type: "json" }, { type: "text" }, { type: "json", schema: { $ref: "#" } }),
    reasoning: oneOf({}, { effort: "xhigh", include: true }, { effort: "none" }),
    image: oneOf({}, { size: "0x0" }, { size: "16:9", quality: "__proto__" }),
    voice: oneOf("alloy", "", "__proto__"),
    modalities: oneOf([], ["text", "audio"], ["image"]),
    embedding: oneOf({}, { dimensions: 3 }),
    extensions: oneOf({}, { google: { tools: 5, generation_config: [], thinking_config: null } }),
  },
  { requiredKeys: [] },
);

const model = oneOf(
  "gemini-3-pro-preview",
  "gemini-2.5-flash",
  "gemini-3-pro-image-preview-16x9-4k-online",
  "gemini-2.5-flash-preview-tts",
  "gemma-3-27b-it",
  "",
  "models/",
);

test("no request breaks the translation: a body, or an error that names a field", () => {
  fc.assert(
    fc.property(
      fc.array(message, { maxLength: 6 }),
      wishes,
      model,
      fc.boolean(),
      (messages, rest, name, rich) => {
        const dialect = { jsonSchema: rich, mixedTools: rich, callIds: rich };
        const request = { model: "m", stream: false, sampling: {}, messages, ...rest };
        const plain = withToolHistoryAsText(request)?.messages ?? messages;
        const asText = { dialect, unmark: () => undefined };
        unlessRefused(() => {
          assertAlternating(translated(messages, rest, name, { dialect }).body);
        });
        unlessRefused(() => {
          const made = translated(plain, rest, name, asText).body;
          assert.doesNotMatch(
            JSON.stringify(made.contents),
            /"function(Call|Response)"|"thoughtSignature":"(?!skip)/,
          );
        });
        unlessRefused(() => embeddingBodies(request, "models/m"));
      },
    ),
    { numRuns: 1000 },
  );
});

function unlessRefused(make: () => void): void {
  try {
    make();
  } catch (error) {
    if (!(error instanceof AgproxyError)) throw error;
    assert.equal(error.code, "invalid_request");
    assert.ok(error.param);
  }
}

/** Gemini's own rules of turns: as many responses as calls, right after them, and never two turns of the model. */
function assertAlternating({ contents }: ReturnType<typeof translated>["body"]): void {
  assert.ok(contents.length > 0);
  contents.forEach(({ role, parts: own }, index) => {
    assert.ok(own.length > 0);
    const before = contents[index - 1];
    const calls = own.filter((each) => each.functionCall).length;
    const answers = own.filter((each) => each.functionResponse).length;
    if (role === "model") assert.notEqual(before?.role, "model");
    if (calls > 0) {
      assert.equal(before?.role, "user");
      const next = contents[index + 1]?.parts ?? [];
      assert.equal(next.filter((each) => each.functionResponse).length, calls);
    }
    if (answers > 0) {
      assert.equal(answers, own.length);
      assert.equal(before?.parts.filter((each) => each.functionCall).length, answers);
    }
  });
}

test("no embedding answer breaks its reader", () => {
  fc.assert(
    fc.property(json(["embeddings", "values", "usageMetadata"], [0, "x", null]), (value) => {
      try {
        embeddingEvents(JSON.stringify(value), 0, 1);
      } catch (error) {
        assert.ok(error instanceof AgproxyError);
      }
    }),
  );
});

const toolCall = fc.record({
  name: oneOf("f", "ns.tool", "a-b"),
  args: fc.dictionary(fc.string({ maxLength: 4 }), fc.jsonValue({ maxDepth: 2 }), {
    maxKeys: 3,
    noNullPrototype: true,
  }),
  thoughtSignature: fc.option(fc.base64String({ minLength: 4 }), { nil: undefined }),
});

test("a call that goes out as an event comes back as the same call, with its result", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(toolCall, { minLength: 1, maxLength: 4 }),
      text,
      async (calls, said) => {
        const sent = calls.map(({ thoughtSignature, ...functionCall }) => ({
          functionCall,
          ...(thoughtSignature === undefined ? {} : { thoughtSignature }),
        }));
        const events = await eventsOf(parts(...sent), stop);
        const made = events.filter((event) => event.type === "tool-call");
        const results = made.map(({ id: callId }): Part => ({
          type: "tool-result",
          callId,
          content: [{ type: "text", text: said }],
        }));
        const history: readonly Message[] = [
          user("go"),
          { role: "assistant", content: made.map(asPart) },
          { role: "tool", content: results.toReversed() },
        ];
        const { contents } = translated(history, {}, "gemini-2.5-pro").body;
        const back = contents[1]?.parts.map(({ functionCall, ...rest }) => {
          const { id: _, ...own } = functionCall ?? { id: "" };
          return { functionCall: own, ...rest };
        });
        assert.equal(JSON.stringify(back), JSON.stringify(sent));
        const ids = (field: "functionCall" | "functionResponse", index: number) =>
          contents[index]?.parts.map((each) => each[field]?.id);
        assert.deepEqual(ids("functionResponse", 2), ids("functionCall", 1));
      },
    ),
    { numRuns: 200 },
  );
});

function asPart(event: Extract<ChatEvent, { type: "tool-call" }>): Part {
  const { choice: _, ...own } = event;
  return own;
}
