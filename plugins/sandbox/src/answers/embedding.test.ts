import assert from "node:assert/strict";
import { test } from "node:test";
import { type Sandbox, startSandbox } from "../server/sandbox-server.ts";

const model = "gemini-embedding-001";

interface Vectors {
  readonly embedding?: { readonly values: readonly number[] };
  readonly embeddings?: readonly { readonly values: readonly number[] }[];
  readonly usageMetadata?: { readonly promptTokenCount: number };
  readonly error?: { readonly message: string };
}

async function post(sandbox: Sandbox, path: string, body: object) {
  const response = await fetch(`${sandbox.url}/v1beta/models/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-goog-api-key": "sandbox-key-1" },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Vectors };
}

const content = (text: string) => ({ content: { parts: [{ text }] } });

const batch = (requests: readonly object[]) => ({ requests });

function length(values: readonly number[] = []): number {
  return Math.hypot(...values);
}

function dot(a: readonly number[] = [], b: readonly number[] = []): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
}

test("a text becomes a vector of length one, the same every time, near to texts that share its words", async () => {
  await using sandbox = await startSandbox();
  const embed = async (text: string, rest: object = {}, name = model) => {
    const { status, body } = await post(sandbox, `${name}:embedContent`, {
      ...content(text),
      ...rest,
    });
    assert.equal(status, 200);
    return body.embedding?.values;
  };
  const cat = await embed("the cat sleeps");
  assert.equal(cat?.length, 3072);
  assert.ok(Math.abs(length(cat) - 1) < 1e-6);
  assert.deepEqual(await embed("the cat sleeps"), cat);
  assert.ok(dot(cat, await embed("the cat eats")) > dot(cat, await embed("stock market news")));

  const short = await embed("the cat sleeps", { outputDimensionality: 768 });
  assert.deepEqual(short, cat?.slice(0, 768));
  assert.ok(length(short) < 0.9, "of this model, only the full vector has length one");
  const later = { output_dimensionality: 768 };
  const unit = await embed("the cat sleeps", later, "gemini-embedding-2");
  assert.ok(Math.abs(length(unit) - 1) < 1e-6);
});

test("a batch is answered in its order, with what it cost", async () => {
  await using sandbox = await startSandbox();
  const request = (text: string) => ({ model: `models/${model}`, ...content(text) });
  const batch = await post(sandbox, `${model}:batchEmbedContents`, {
    requests: [request("12345678"), request("1234")],
  });
  const single = await post(sandbox, `${model}:embedContent`, content("1234"));
  assert.equal(batch.body.embeddings?.length, 2);
  assert.deepEqual(batch.body.embeddings?.[1], single.body.embedding);
  assert.equal(batch.body.usageMetadata?.promptTokenCount, 3);
});

test("wrong requests get Google's words", async () => {
  await using sandbox = await startSandbox();
  const at = "* BatchEmbedContentsRequest.requests";
  const named = { model: `models/${model}` };
  const cases: readonly [verb: string, body: object, message: string][] = [
    ["embedContent", {}, "* EmbedContentRequest.content: content is not specified"],
    ["embedContent", content(""), "EmbedContentRequest.content contains an empty Part."],
    [
      "embedContent",
      { ...content("a"), outputDimensionality: 4000 },
      "Request contains an invalid argument.",
    ],
    [
      "embedContent",
      { ...content("a"), dimensions: 3 },
      `Invalid JSON payload received. Unknown name "dimensions": Cannot find field.`,
    ],
    ["batchEmbedContents", batch([content("a")]), `${at}[0].model: model is not specified`],
    [
      "batchEmbedContents",
      batch([{ ...content("a"), model }]),
      `${at}[0].model: unexpected model name format`,
    ],
    [
      "batchEmbedContents",
      batch(Array.from({ length: 101 }, () => ({ ...named, ...content("a") }))),
      `${at}: at most 100 requests can be in one batch\n`,
    ],
  ];
  for (const [verb, body, message] of cases) {
    const answer = await post(sandbox, `${model}:${verb}`, body);
    assert.equal(answer.status, 400);
    assert.equal(answer.body.error?.message, message);
  }
  const chat = await post(sandbox, "gemini-2.5-flash:embedContent", content("a"));
  assert.equal(chat.status, 404);
  const asked = { contents: [content("a").content] };
  assert.equal((await post(sandbox, `${model}:generateContent`, asked)).status, 404);
});

test("embeddings fail as chats do", async () => {
  await using sandbox = await startSandbox();
  sandbox.fail("sandbox-1@agproxy.invalid", "rate-limit", 1);
  assert.equal((await post(sandbox, `${model}:embedContent`, content("a"))).status, 429);
  assert.equal((await post(sandbox, `${model}:embedContent`, content("a"))).status, 200);
});
