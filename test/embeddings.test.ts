/** Embeddings are what OpenAI's API description says, and what its SDK reads. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { embeddings } from "@agproxy/plugin-embeddings";
import type { ChatEvent } from "agproxy";
import { scriptedUpstream, startGateway } from "agproxy/testing";
import { openapiValidator } from "./openapi/validator.ts";
import { client } from "./support/client.ts";
import { at } from "./support/json-path.ts";
import { mediaGateway } from "./support/media-gateway.ts";

const validator = openapiValidator();

const answer: readonly ChatEvent[] = [0, 1].flatMap((choice): ChatEvent[] => [
  { type: "embedding", choice, vector: [0.6, 0.8] },
  { type: "finish", choice, reason: "stop" },
]);
const usage: ChatEvent = {
  type: "usage",
  usage: { inputTokens: 2, outputTokens: 0, totalTokens: 2 },
};

async function ask(body: object, events: readonly ChatEvent[] = answer): Promise<unknown> {
  const plugins = [embeddings(), scriptedUpstream(() => [events]).plugin];
  await using gateway = await startGateway({ plugins });
  const response = await fetch(`${gateway.url}/v1/embeddings`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: "m", input: ["a", "b"], ...body }),
  });
  return response.json();
}

for (const format of ["float", "base64"]) {
  for (const [title, events] of [
    ["counted", [...answer, usage]],
    ["uncounted", answer],
  ] as const) {
    test(`described: ${format}, ${title}`, async () => {
      const body = await ask({ encoding_format: format }, events);
      assert.equal(at(body, "data", 1, "index"), 1);
      const target = { path: "/embeddings", method: "POST", status: 200 };
      assert.deepEqual(validator.validate(target, body), []);
    });
  }
}

test("described: an error", async () => {
  assert.deepEqual(validator.validate("ErrorResponse", await ask({ input: [1, 2] })), []);
});

const length = (vector: readonly number[]) => Math.hypot(...vector);

test("the SDK reads the base64 that it asks for by default", async () => {
  await using gateway = await mediaGateway(embeddings());
  const input = ["one", "two", "one"];
  const asked = { model: "text-embedding-3-small", input, dimensions: 768 };
  const { data, model } = await client(gateway).embeddings.create(asked);
  const [one, two, again] = data.map(({ embedding }) => [...embedding]);
  assert.ok(one && two && again);
  assert.equal(one.length, 768);
  assert.deepEqual(one, again);
  assert.notDeepEqual(one, two);
  assert.ok(Math.abs(length(one) - 1) < 1e-3);
  assert.equal(model, "text-embedding-3-small");
  const sent = at(gateway.upstream.requests.at(-1)?.body, "requests", 1);
  assert.equal(at(sent, "outputDimensionality"), 768);
  assert.equal(at(sent, "content", "parts", 0, "text"), "two");
});

test("floats are the same numbers", async () => {
  await using gateway = await mediaGateway(embeddings());
  const asked = { model: "text-embedding-3-small", input: "hello" };
  const floats = await client(gateway).embeddings.create({ ...asked, encoding_format: "float" });
  const read = await client(gateway).embeddings.create(asked);
  assert.deepEqual(
    [...new Float32Array(floats.data[0]?.embedding ?? [])],
    [...(read.data[0]?.embedding ?? [])],
  );
});

test("more inputs than one upstream request takes", async () => {
  await using gateway = await mediaGateway(embeddings());
  const input = Array.from({ length: 250 }, (_, index) => `text ${index}`);
  const { data } = await client(gateway).embeddings.create({
    model: "gemini-embedding-001",
    input,
  });
  assert.deepEqual(
    data.map(({ index }) => index),
    input.map((_, index) => index),
  );
});
