import assert from "node:assert/strict";
import { test } from "node:test";
import type { ChatEvent } from "@agproxy/core";
import { scriptedUpstream, startGateway } from "@agproxy/core/testing";
import { base64Floats, unitVector } from "./embedding-list.ts";
import { decodeEmbedding } from "./embedding-request.ts";
import { embeddings, type EmbeddingsOptions } from "./index.ts";

type Vectors = readonly (readonly number[])[];

const finish = (choice: number): ChatEvent => ({ type: "finish", choice, reason: "stop" });
const answerOf = (vectors: Vectors): readonly ChatEvent[] =>
  vectors.flatMap((vector, choice): ChatEvent[] => [
    { type: "embedding", choice, vector },
    finish(choice),
  ]);

async function ask(body: object, events: readonly ChatEvent[], options?: EmbeddingsOptions) {
  const upstream = scriptedUpstream(() => [events]);
  await using gateway = await startGateway({ plugins: [embeddings(options), upstream.plugin] });
  const response = await fetch(`${gateway.url}/v1/embeddings`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: "m", ...body }),
  });
  const json: unknown = await response.json();
  return { response, json, sent: upstream.sent[0]?.request };
}

test("one message for each input, and the vectors in the order of the inputs", async () => {
  const { json, sent } = await ask({ input: ["a", "b"], dimensions: 2, user: "u" }, [
    { type: "embedding", choice: 1, vector: [0, 1] },
    finish(1),
    { type: "embedding", choice: 0, vector: [1, 0] },
    finish(0),
    { type: "usage", usage: { inputTokens: 2, outputTokens: 0, totalTokens: 2 } },
  ]);
  assert.deepEqual(json, {
    object: "list",
    data: [
      { object: "embedding", index: 0, embedding: [1, 0] },
      { object: "embedding", index: 1, embedding: [0, 1] },
    ],
    model: "m",
    usage: { prompt_tokens: 2, total_tokens: 2 },
  });
  assert.deepEqual(sent, {
    model: "m",
    messages: ["a", "b"].map((text) => ({ role: "user", content: [{ type: "text", text }] })),
    stream: false,
    sampling: {},
    embedding: { dimensions: 2 },
    user: "u",
  });
});

test("base64 is 32-bit floats, little-endian", async () => {
  const { json } = await ask({ input: "a", encoding_format: "base64" }, answerOf([[1, -0.0]]));
  assert.deepEqual((json as { data: unknown[] }).data, [
    { object: "embedding", index: 0, embedding: "AACAPwAAAIA=" },
  ]);
  assert.equal(base64Floats([]), "");
});

test("vectors are scaled to length 1, unless the option says otherwise", async () => {
  for (const [options, embedding] of [
    [{}, [0.6, 0.8]],
    [{ normalize: false }, [3, 4]],
  ] as const) {
    const { json } = await ask({ input: "a" }, answerOf([[3, 4]]), options);
    assert.deepEqual((json as { data: unknown[] }).data, [
      { object: "embedding", index: 0, embedding },
    ]);
  }
});

test("a vector that needs no scaling stays the same", () => {
  for (const vector of [[0.6, 0.8], [0.6001, 0.8], [0, 0], []]) {
    assert.equal(unitVector(vector), vector);
  }
});

const mistakes: readonly [param: string, body: object][] = [
  ["model", { input: "a" }],
  ["model", { model: "", input: "a" }],
  ["input", { model: "m" }],
  ["input", { model: "m", input: "" }],
  ["input", { model: "m", input: [] }],
  ["input", { model: "m", input: { text: "a" } }],
  ["input", { model: "m", input: [1, 2] }],
  ["input", { model: "m", input: [[1, 2]] }],
  ["input[1]", { model: "m", input: ["a", ""] }],
  ["input[0]", { model: "m", input: [null] }],
  ["dimensions", { model: "m", input: "a", dimensions: 0 }],
  ["encoding_format", { model: "m", input: "a", encoding_format: "int8" }],
  ["user", { model: "m", input: "a", user: 1 }],
];

for (const [param, body] of mistakes) {
  test(`a 400 names ${param}: ${JSON.stringify(body)}`, () => {
    assert.throws(() => decodeEmbedding(body), { code: "invalid_request", status: 400, param });
  });
}

test("the upstream's own fields travel, wherever an SDK puts them", () => {
  const google = { task_type: "CLUSTERING" };
  for (const more of [{ google }, { extra_body: { google } }]) {
    const { request } = decodeEmbedding({ model: "m", input: "a", ...more });
    assert.deepEqual(request.extensions, { google });
  }
});

test("a body that is no object is a 400", () => {
  for (const body of [null, [], "a", 1]) {
    assert.throws(() => decodeEmbedding(body), { param: "body" });
  }
});

test("nulls and unknown fields do not fail a request", () => {
  const body = {
    model: "m",
    input: "a",
    dimensions: null,
    encoding_format: null,
    user: null,
    x: 1,
  };
  assert.deepEqual(decodeEmbedding(body).request.embedding, {});
});

test("a stream is never made: the wish is named and answered whole", async () => {
  const { response, json } = await ask({ input: "a", stream: true }, answerOf([[1]]));
  assert.equal(response.headers.get("x-agproxy-ignored"), "stream");
  assert.equal((json as { object: unknown }).object, "list");
});

const unreadable: Readonly<Record<string, readonly ChatEvent[]>> = {
  "an answer without a vector": [{ type: "text", choice: 0, text: "hello" }, finish(0)],
  "an empty vector": answerOf([[]]),
  "more vectors than inputs": answerOf([[1], [1]]),
};

for (const [title, events] of Object.entries(unreadable)) {
  test(`${title} is an error, not an empty list`, async () => {
    const { response, json } = await ask({ input: "a" }, events);
    assert.equal(response.status, 502);
    assert.equal((json as { error: { code: unknown } }).error.code, "upstream_unreadable");
  });
}
