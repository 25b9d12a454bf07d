import assert from "node:assert/strict";
import { test } from "node:test";
import { startGateway, startVendor } from "@agproxy/core/testing";
import { embeddingEvents } from "./embeddings.ts";
import { ask, plainProtocol } from "./fixtures/gateway.ts";
import { user } from "./fixtures/requests.ts";
import { gemini } from "./index.ts";

interface Body {
  readonly requests: readonly {
    readonly content: { readonly parts: { readonly text: string }[] };
  }[];
}

const embed = (usageMetadata?: object) => async (request: { readonly body: string }) => {
  const { requests } = JSON.parse(request.body) as Body;
  const embeddings = requests.map(({ content }) => ({
    values: [Number(content.parts[0]?.text ?? 0), 0.5],
  }));
  return { body: { embeddings, ...(usageMetadata === undefined ? {} : { usageMetadata }) } };
};

const asked = (text: string) => ({
  model: "models/gemini-embedding-001",
  content: { parts: [{ text }] },
  outputDimensionality: 2,
  taskType: "RETRIEVAL_QUERY",
});

test("a vector for each message, in order", async () => {
  await using server = await startVendor(embed());
  const plugin = gemini({ keys: "k", baseUrl: server.url });
  await using gateway = await startGateway({ plugins: [plainProtocol(), plugin] });
  const { answer } = await ask(gateway.url, {
    model: "gemini-embedding-001",
    messages: [user("1"), user("2")],
    embedding: { dimensions: 2 },
    extensions: { google: { task_type: "RETRIEVAL_QUERY" } },
  });
  assert.deepEqual(
    answer.choices.map(({ embedding, finish }) => [embedding, finish.reason]),
    [
      [[1, 0.5], "stop"],
      [[2, 0.5], "stop"],
    ],
  );
  assert.equal(answer.usage, undefined);
  const [request] = server.received;
  assert.equal(request?.url, "/v1beta/models/gemini-embedding-001:batchEmbedContents");
  assert.deepEqual(JSON.parse(request.body), { requests: [asked("1"), asked("2")] });
});

test("more messages than the API takes at once, and the sum of what they cost", async () => {
  await using server = await startVendor(embed({ promptTokenCount: 7 }));
  const plugin = gemini({ keys: "k", baseUrl: server.url });
  await using gateway = await startGateway({ plugins: [plainProtocol(), plugin] });
  const messages = Array.from({ length: 250 }, (_, index) => user(String(index)));
  const { answer } = await ask(gateway.url, { messages, embedding: {} });
  assert.equal(server.received.length, 3);
  assert.deepEqual(
    answer.choices.map(({ embedding }) => embedding?.[0]),
    messages.map((_, index) => index),
  );
  assert.deepEqual(answer.usage, { inputTokens: 21, outputTokens: 0, totalTokens: 21 });
});

test("what was cached, or was sound, is counted in every batch", async () => {
  const promptTokensDetails = [{ modality: "AUDIO", tokenCount: 2 }];
  const counts = { promptTokenCount: 7, cachedContentTokenCount: 3, promptTokensDetails };
  await using server = await startVendor(embed(counts));
  const plugin = gemini({ keys: "k", baseUrl: server.url });
  await using gateway = await startGateway({ plugins: [plainProtocol(), plugin] });
  const messages = Array.from({ length: 101 }, (_, index) => user(String(index)));
  const { answer } = await ask(gateway.url, { messages, embedding: {} });
  assert.deepEqual(answer.usage, {
    inputTokens: 14,
    outputTokens: 0,
    totalTokens: 14,
    cachedTokens: 6,
    inputAudioTokens: 4,
  });
});

test("empty text keeps its place, and errors are Gemini's own", async () => {
  const error = { code: 400, message: "content is empty" };
  await using server = await startVendor(() => ({ status: 400, body: { error } }));
  const plugin = gemini({ keys: "k", baseUrl: server.url });
  await using gateway = await startGateway({ plugins: [plainProtocol(), plugin] });
  const { status, answer } = await ask(gateway.url, { messages: [user("")], embedding: {} });
  assert.equal(status, 400);
  assert.equal(answer.message, "content is empty");
  assert.match(server.received[0]?.body ?? "", /"parts":\[\{"text":""\}\]/);
});

test("a vector that is missing or no vector is no answer", () => {
  for (const body of ["{}", "<", '{"embeddings":[{}]}', '{"embeddings":[{"values":["a"]}]}']) {
    assert.throws(() => embeddingEvents(body, 0, 1), { code: "upstream_unreadable" }, body);
  }
});
