import assert from "node:assert/strict";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import type { Model, Plugin } from "@agproxy/core";
import {
  startGateway,
  startVendor,
  type TestGateway,
  type Vendor,
  type VendorAnswer,
  type VendorCall,
} from "@agproxy/core/testing";
import { ask, askStream, plainProtocol } from "../../gemini/src/fixtures/gateway.ts";
import { chunk, completion, finish, sse } from "./fixtures/answers.ts";
import { call, result, user } from "./fixtures/requests.ts";
import { type CompatibleAccount, openaiCompatible, type OpenaiCompatibleOptions } from "./index.ts";

const messages = [user("hi")];
const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 };
const good: VendorAnswer = { body: completion({ content: "Hello" }, { usage }) };
const streamed = (...payloads: readonly unknown[]): VendorAnswer => ({
  body: sse(...payloads),
  headers: { "content-type": "text/event-stream" },
});
const hello = streamed(
  chunk({ content: "Hel" }),
  chunk({ content: "lo" }),
  finish("stop"),
  "[DONE]",
);

/** A server that lists the model `m`, and answers chats as a test tells it. */
function chatServer(
  answer: (call: VendorCall, number: number) => VendorAnswer,
  models: unknown = { object: "list", data: [{ id: "m", object: "model", owned_by: "me" }] },
): Promise<Vendor> {
  let chats = 0;
  return startVendor((received) =>
    received.url.endsWith("/models") ? { body: models } : answer(received, (chats += 1)),
  );
}

const start = (
  options: OpenaiCompatibleOptions,
  ...more: readonly Plugin[]
): Promise<TestGateway> =>
  startGateway({ plugins: [plainProtocol(), ...more, openaiCompatible(options)] });
const chats = ({ received }: Vendor) =>
  received
    .filter(({ url }) => url.includes("/chat/completions"))
    .map(({ body }) => JSON.parse(body) as Record<string, unknown>);
const text = (words: string) => ({ type: "text", choice: 0, text: words });
const stop = { type: "finish", choice: 0, reason: "stop" };

test("a whole answer: path, key, headers, body", async () => {
  await using server = await chatServer(() => good);
  const headers = { "X-Title": "mine" };
  await using gateway = await start({
    baseUrl: server.url,
    key: "secret-key",
    models: ["m"],
    headers,
  });
  const { answer } = await ask(gateway.url, { messages, model: "m" });
  assert.deepEqual(answer.choices[0]?.content, [{ type: "text", text: "Hello" }]);
  assert.equal(answer.usage?.totalTokens, 5);
  const [request] = server.received;
  assert.equal(request?.url, "/v1/chat/completions");
  assert.equal(request.headers.authorization, "Bearer secret-key");
  assert.equal(request.headers["x-title"], "mine");
  const body = { model: "m", messages: [{ role: "user", content: "hi" }], stream: false };
  assert.deepEqual(chats(server), [body]);
  assert.equal(JSON.stringify(gateway.log).includes("secret-key"), false);
});

test("a stream, and a server without a key", async () => {
  await using server = await chatServer(() => hello);
  await using gateway = await start({ baseUrl: `${server.url}/api/v1`, models: ["m"] });
  const events = await askStream(gateway.url, { messages, model: "m" });
  assert.deepEqual(events, [text("Hel"), text("lo"), stop, { type: "end" }]);
  const [request] = server.received;
  assert.equal(request?.url, "/api/v1/chat/completions");
  assert.equal(request.headers.authorization, undefined);
});

test("a stream that is not asked for, and a document where a stream was", async () => {
  await using server = await chatServer(({ body }) =>
    JSON.parse(body).stream === true ? good : hello,
  );
  await using gateway = await start({ baseUrl: server.url });
  const { answer } = await ask(gateway.url, { messages, model: "m" });
  assert.deepEqual(answer.choices[0]?.content, [{ type: "text", text: "Hello" }]);
  const [first] = await askStream(gateway.url, { messages, model: "m" });
  assert.deepEqual(first, text("Hello"));
});

test("a server that keeps the connection open after [DONE] holds up no answer", async () => {
  const open: ServerResponse[] = [];
  const server = createServer((_request, response) => {
    open.push(response);
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(sse(chunk({ content: "Hello" }), finish("stop"), "[DONE]"));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  try {
    await using gateway = await start({ baseUrl: `http://127.0.0.1:${port}`, models: ["m"] });
    const events = await askStream(gateway.url, { messages, model: "m" });
    assert.deepEqual(events, [text("Hello"), stop, { type: "end" }]);
    assert.equal(open[0]?.writableEnded, false);
  } finally {
    server.close();
    server.closeAllConnections();
  }
});

test("the connection of an answer that ended as it should is used again", async () => {
  const ports = new Set<number | undefined>();
  const server = createServer((request, response) => {
    ports.add(request.socket.remotePort);
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.end(sse(chunk({ content: "Hello" }), finish("stop"), "[DONE]"));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  try {
    await using gateway = await start({ baseUrl: `http://127.0.0.1:${port}`, models: ["m"] });
    for (let turn = 0; turn < 5; turn += 1) {
      await askStream(gateway.url, { messages, model: "m" });
    }
    assert.equal(ports.size, 1);
  } finally {
    server.close();
    server.closeAllConnections();
  }
});

test("tools: calls with ids of the server's, and their results back to it", async () => {
  const f = { id: "c1", type: "function", function: { name: "f", arguments: '{"x":1}' } };
  await using server = await chatServer((_call, number) =>
    number === 1
      ? streamed(chunk({ tool_calls: [{ index: 0, ...f }] }), finish("tool_calls"))
      : good,
  );
  await using gateway = await start({ baseUrl: server.url });
  const tools = [{ name: "f", parameters: { type: "object" } }];
  const [asked] = await askStream(gateway.url, { messages, tools, model: "m" });
  assert.deepEqual(asked, {
    type: "tool-call",
    choice: 0,
    id: "c1",
    name: "f",
    arguments: '{"x":1}',
  });
  const history = [
    ...messages,
    { role: "assistant", content: [call("c1", "f", '{"x":1}')] } as const,
    result("c1", "one"),
  ];
  await ask(gateway.url, { messages: history, tools, model: "m" });
  assert.deepEqual(chats(server)[1]?.["messages"], [
    { role: "user", content: "hi" },
    { role: "assistant", content: null, tool_calls: [f] },
    { role: "tool", tool_call_id: "c1", content: "one" },
  ]);
});

const refusal = (param: string) => ({
  status: 400,
  body: { error: { message: `Unsupported: ${param}`, param, code: "unsupported_parameter" } },
});

test("what a server refuses is left out, told, and not asked again", async () => {
  await using server = await chatServer(({ body }) => {
    const asked = JSON.parse(body);
    const known = new Set(["model", "messages", "stream", "max_completion_tokens"]);
    const unknown = Object.keys(asked).find((name) => !known.has(name));
    return unknown === undefined ? good : refusal(unknown);
  });
  await using gateway = await start({ baseUrl: server.url });
  const sampling = { temperature: 0, seed: 1, maxTokens: 9 };
  const { status, ignored } = await ask(gateway.url, { messages, sampling, model: "m" });
  assert.equal(status, 200);
  assert.equal(ignored, "temperature, seed");
  assert.equal(chats(server).length, 4);
  assert.equal(chats(server)[3]?.["max_completion_tokens"], 9);
  const again = await ask(gateway.url, { messages, sampling, model: "m" });
  assert.equal(again.ignored, "temperature, seed");
  assert.equal(chats(server).length, 5);
});

test("a server without `stream_options` is asked twice once", async () => {
  const detail = [
    {
      type: "extra_forbidden",
      loc: ["body", "stream_options"],
      msg: "Extra inputs are not permitted",
    },
  ];
  await using server = await chatServer(({ body }) =>
    "stream_options" in JSON.parse(body) ? { status: 422, body: { detail } } : hello,
  );
  await using gateway = await start({ baseUrl: server.url });
  for (let turn = 0; turn < 3; turn += 1) {
    assert.equal((await askStream(gateway.url, { messages, model: "m" })).length, 4);
  }
  assert.equal(chats(server).length, 4);
});

const asked = ({ received }: Vendor) => received.filter(({ method }) => method === "GET");

const says = (content: string): VendorAnswer => ({ body: completion({ content }) });

const listing = (id: string) => ({ data: [{ id }] });

test("an account is asked for the models that its server lists, or that it is given", async () => {
  await using first = await chatServer(() => says("first"), listing("m"));
  await using second = await chatServer(() => says("second"), listing("n"));
  await using third = await chatServer(() => says("third"), listing("unused"));
  const accounts: readonly CompatibleAccount[] = [
    { baseUrl: first.url },
    { baseUrl: second.url },
    { baseUrl: third.url, models: ["o"], prefix: "own" },
  ];
  await using gateway = await start({ accounts });
  const said = async (model: string) => {
    const { answer } = await ask(gateway.url, { messages, model });
    const [part] = answer.choices[0]?.content ?? [];
    return part?.type === "text" ? part.text : undefined;
  };
  assert.equal(await said("m"), "first");
  assert.equal(await said("n"), "second");
  assert.equal(await said("o"), "third");
  assert.equal(await said("own/o"), "third");
  assert.equal(chats(third).at(-1)?.["model"], "o", "the prefix is agproxy's own");
  assert.equal(await said("unknown"), "first", "a server knows best what it does not have");
  assert.equal(asked(first).length, 1);
  assert.equal(asked(third).length, 0, "a server whose models are given is not asked for its list");
  const models = (await (await fetch(`${gateway.url}/models`)).json()) as readonly Model[];
  assert.deepEqual(
    models.map(({ id }) => id),
    ["m", "n", "o"],
  );
});

test("patterns take their part of the list", async () => {
  const data = ["a-1", "a-2", "b"].map((id) => ({ id }));
  await using server = await chatServer(() => good, { data });
  await using gateway = await start({ baseUrl: server.url, models: ["a-*"], exclude: ["a-2"] });
  const models = (await (await fetch(`${gateway.url}/models`)).json()) as readonly Model[];
  assert.deepEqual(
    models.map(({ id }) => id),
    ["a-1"],
  );
});

test("a server without a list is asked for anything", async () => {
  await using server = await chatServer(() => good, "404 page not found");
  await using gateway = await start({ baseUrl: server.url });
  assert.equal((await ask(gateway.url, { messages, model: "any" })).status, 200);
});

test("what a server knows of its models is listed", async () => {
  const listed = [
    { id: "a", created: 7, owned_by: "vllm", max_model_len: 100 },
    { id: "b", context_length: 200 },
    { id: "c", meta: { n_ctx_train: 300 } },
    { object: "model" },
  ];
  await using server = await chatServer(() => good, { data: listed });
  await using gateway = await start({ baseUrl: server.url });
  assert.deepEqual(await (await fetch(`${gateway.url}/models`)).json(), [
    { id: "a", ownedBy: "vllm", created: 7, contextWindow: 100 },
    { id: "b", ownedBy: "unknown", contextWindow: 200 },
    { id: "c", ownedBy: "unknown", contextWindow: 300 },
  ]);
});

test("a refusal keeps its words, without the key", async () => {
  await using server = await chatServer(() => ({
    status: 429,
    body: { error: { message: "Slow down, secret-key.", code: "rate_limit_exceeded" } },
  }));
  await using gateway = await start({ baseUrl: server.url, key: "secret-key" });
  const { status, answer } = await ask(gateway.url, { messages, model: "m" });
  assert.equal(status, 429);
  assert.equal(answer.code, "rate_limit_exceeded");
  assert.equal(answer.message, "Slow down, [secret].");
});

test("a base URL without the API behind it says so", async () => {
  await using server = await startVendor(() => ({ status: 404, body: "404 page not found" }));
  await using gateway = await start({ baseUrl: server.url, models: ["m"] });
  const { status, answer } = await ask(gateway.url, { messages, model: "m" });
  assert.equal(status, 502);
  assert.equal(answer.code, "upstream_unreadable");
});

test("a stream that breaks off fails", async () => {
  await using server = await chatServer(() => streamed(chunk({ content: "Hel" })));
  await using gateway = await start({ baseUrl: server.url });
  const events = await askStream(gateway.url, { messages, model: "m" });
  assert.deepEqual(events.at(-1), { type: "fail", code: "upstream_cut" });
});

test("vectors, a batch at a time, in the order of the inputs", async () => {
  await using server = await startVendor(({ body }) => {
    const { input } = JSON.parse(body) as { input: readonly string[] };
    const entries = input.map((word, index) => ({ index, embedding: [Number(word)] }));
    return { body: { data: entries.toReversed(), usage: { prompt_tokens: 1, total_tokens: 1 } } };
  });
  await using gateway = await start({ baseUrl: server.url, models: ["m"] });
  const inputs = Array.from({ length: 200 }, (_, index) => user(String(index)));
  const embedding = { dimensions: 1 };
  const { answer } = await ask(gateway.url, { messages: inputs, embedding, model: "m" });
  assert.deepEqual(
    answer.choices.map(({ embedding: vector }) => vector?.[0]),
    inputs.map((_, index) => index),
  );
  assert.equal(answer.usage?.inputTokens, 2);
  assert.equal(server.received.length, 2);
  assert.equal(server.received[0]?.url, "/v1/embeddings");
  const { input: _, ...rest } = JSON.parse(server.received[0].body) as Record<string, unknown>;
  assert.deepEqual(rest, { model: "m", encoding_format: "float", dimensions: 1 });
});

test("a vector that is missing is an error", async () => {
  await using server = await startVendor(() => ({ body: { data: [{ index: 0, embedding: [] }] } }));
  await using gateway = await start({ baseUrl: server.url, models: ["m"] });
  const { answer } = await ask(gateway.url, { messages, embedding: {}, model: "m" });
  assert.equal(answer.code, "upstream_unreadable");
});

const sent = (server: Vendor) => {
  const messages = chats(server).at(-1)?.["messages"];
  return (messages as readonly Record<string, unknown>[] | undefined)?.[1] ?? {};
};

const account = (baseUrl: string, model: string) =>
  ({ baseUrl, models: [model], server: "openrouter" }) as const;

test("a signature comes back to the server that made it, and to no other", async () => {
  const details = [{ type: "reasoning.text", text: "hm", signature: "s", index: 0 }];
  const openrouter = () => ({ body: completion({ content: "Hi", reasoning_details: details }) });
  await using first = await chatServer(openrouter);
  await using second = await chatServer(openrouter);
  await using gateway = await start({
    accounts: [account(first.url, "m"), account(second.url, "n")],
  });
  const { answer } = await ask(gateway.url, { messages, model: "m" });
  const content = answer.choices[0]?.content ?? [];
  const history = [...messages, { role: "assistant", content } as const, user("go on")];
  for (const model of ["m", "n"]) await ask(gateway.url, { messages: history, model });
  assert.deepEqual(sent(first)["reasoning_details"], details);
  assert.equal(sent(second)["reasoning_details"], undefined);
  assert.equal(sent(second)["reasoning"], "hm");
});
