/** The promise: nobody takes what others need, nothing lasts for ever, and who is over a limit is told how long to wait. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { suite, test } from "node:test";
import { auth } from "@agproxy/plugin-auth";
import { WebSocket } from "ws";
import { answerWell, type GeminiCall, geminiServer, said, sse } from "../support/gemini-server.ts";
import { at } from "../support/json-path.ts";
import { poolGateway, type PoolOptions } from "../support/pool-gateway.ts";

const [ada, bob] = ["a-key-of-ada-with-32-characters-0", "a-key-of-bob-with-32-characters-0"];
const model = "gemini-2.5-flash";
const chat = { model, messages: [{ role: "user", content: "hello" }] };
const options = { timeout: 30_000 };

/** A gateway of two callers with limits. */
const gatewayOf = (
  url: string,
  limits: Partial<NonNullable<PoolOptions["limits"]>> = {},
  more: PoolOptions = {},
) =>
  poolGateway(url, {
    plugins: [auth({ mode: "all_except_health", keys: [ada, bob] })],
    limits: { ...roomy, ...limits },
    ...more,
  });

const roomy = {
  connections: 100,
  requests: 100,
  bodyBytes: 100_000_000,
  backgroundRuns: 100,
  sockets: 100,
};

interface Asked {
  readonly path?: string;
  readonly key?: string;
  readonly body?: object;
}

async function ask(url: string, { path = "chat/completions", key = ada, body = chat }: Asked) {
  return fetch(`${url}/v1/${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Authorization: `Bearer ${key}` },
    body: JSON.stringify(body),
  });
}

/** Holds calls until they are let go. */
async function patientServer() {
  const held: GeminiCall[] = [];
  const server = await geminiServer((call) => void held.push(call));
  return Object.assign(server, { letGo: () => held.splice(0).forEach(answerWell) });
}

test("requests of one caller: its own 429, and nobody else's", options, async () => {
  await using upstream = await patientServer();
  await using gateway = await gatewayOf(upstream.url, { requests: 2 });
  const first = [ask(gateway.url, {}), ask(gateway.url, {})];
  await upstream.arrived(2);
  for (const [path, body] of [
    ["chat/completions", chat],
    ["responses", { model, input: "hello" }],
  ] as const) {
    const refused = await ask(gateway.url, { path, body });
    assert.equal(refused.status, 429);
    assert.equal(refused.headers.get("retry-after"), "1");
    assert.equal(at(await refused.json(), "error", "code"), "caller_limit_reached");
  }
  const other = ask(gateway.url, { key: bob });
  await upstream.arrived(3);
  upstream.letGo();
  for (const answer of await Promise.all([...first, other])) assert.equal(answer.status, 200);
  const again = ask(gateway.url, {});
  await upstream.arrived(4);
  upstream.letGo();
  assert.equal((await again).status, 200);
});

test("bodies in memory: one caller's 429, then everybody's 503 after a wait", options, async () => {
  await using upstream = await patientServer();
  await using gateway = await gatewayOf(upstream.url, { bodyBytes: 1_000_000 });
  const large = { ...chat, metadata: { text: "a".repeat(900_000) } };
  const held = [ask(gateway.url, { body: large }), ask(gateway.url, { body: large, key: bob })];
  await upstream.arrived(2);
  const own = await ask(gateway.url, { body: large });
  assert.equal(own.status, 429);
  assert.equal(at(await own.json(), "error", "code"), "caller_limit_reached");
  upstream.letGo();
  for (const answer of await Promise.all(held)) assert.equal(answer.status, 200);
});

test("WebSockets of one caller", options, async () => {
  await using upstream = await geminiServer(answerWell);
  await using gateway = await gatewayOf(upstream.url, { sockets: 1 });
  const open = (key: string) =>
    new WebSocket(`${gateway.url.replace("http", "ws")}/v1/responses`, {
      headers: { Authorization: `Bearer ${key}` },
    });
  const first = open(ada);
  await once(first, "open");
  const [, refused] = await once(open(ada), "unexpected-response");
  assert.deepEqual([refused.statusCode, refused.headers["retry-after"]], [429, "1"]);
  const other = open(bob);
  await once(other, "open");
  const closed = once(first, "close");
  first.terminate();
  other.terminate();
  await closed;
});

test("messages that are still arriving on WebSockets count too", options, async () => {
  await using upstream = await geminiServer(answerWell);
  await using gateway = await gatewayOf(upstream.url, { bodyBytes: 4_000_000 });
  const open = async () => {
    const socket = new WebSocket(`${gateway.url.replace("http", "ws")}/v1/responses`, {
      headers: { Authorization: `Bearer ${ada}` },
    });
    await once(socket, "open");
    return socket;
  };
  const halfMessage = Buffer.from(" ".repeat(3_000_000));
  const first = await open();
  const second = await open();
  const told = Promise.race(
    [first, second].map(async (socket) => {
      const [data] = (await once(socket, "message")) as [Buffer];
      await once(socket, "close");
      return JSON.parse(data.toString()) as unknown;
    }),
  );
  for (const socket of [first, second]) socket.send(halfMessage, { fin: false });
  const error = await told;
  assert.equal(at(error, "status"), 429);
  assert.equal(at(error, "error", "code"), "caller_limit_reached");
  // The other one's memory, and what the refused one held, are free once they are gone.
  for (const socket of [first, second]) socket.terminate();
  let status = 429;
  while (status === 429) ({ status } = await ask(gateway.url, {}));
  assert.equal(status, 200);
});

test("messages of WebSockets count with the bodies of their caller", options, async () => {
  await using upstream = await patientServer();
  await using gateway = await gatewayOf(upstream.url, { bodyBytes: 3_000_000 });
  const socket = new WebSocket(`${gateway.url.replace("http", "ws")}/v1/responses`, {
    headers: { Authorization: `Bearer ${ada}` },
  });
  await once(socket, "open");
  const input = "a".repeat(900_000);
  const events: string[] = [];
  socket.on("message", (message: Buffer) => events.push(String(message)));
  const send = () => socket.send(JSON.stringify({ type: "response.create", model, input }));
  const seen = async (word: string) => {
    while (!events.some((event) => event.includes(word))) await once(socket, "message");
  };
  send();
  await upstream.arrived(1);
  const large = { ...chat, messages: [{ role: "user", content: "a".repeat(2_500_000) }] };
  const own = await ask(gateway.url, { body: large });
  assert.equal(at(await own.json(), "error", "code"), "caller_limit_reached");
  const others = ask(gateway.url, { body: large, key: bob });
  await upstream.arrived(2);
  upstream.letGo();
  assert.equal((await others).status, 200);
  await seen("response.completed");
  const again = ask(gateway.url, { body: large });
  await upstream.arrived(3);
  // Now the HTTP body holds what there is, and the message is refused.
  send();
  await seen("caller_limit_reached");
  upstream.letGo();
  assert.equal((await again).status, 200);
  socket.terminate();
});

test("background responses of one caller", options, async () => {
  await using upstream = await patientServer();
  await using gateway = await gatewayOf(upstream.url, { backgroundRuns: 1 });
  const body = { model, input: "hello", background: true };
  const run = (key: string) => ask(gateway.url, { path: "responses", body, key });
  assert.equal((await run(ada)).status, 200);
  const refused = await run(ada);
  assert.deepEqual([refused.status, refused.headers.get("retry-after")], [429, "5"]);
  assert.equal((await run(bob)).status, 200);
  await upstream.arrived(2);
  upstream.letGo();
});

test("connections beyond the limit are told so", options, async () => {
  await using upstream = await geminiServer(answerWell);
  await using gateway = await gatewayOf(upstream.url, { connections: 3 });
  const sockets: Socket[] = [];
  for (let count = 0; count < 3; count += 1) {
    const socket = connect(Number(new URL(gateway.url).port), "127.0.0.1");
    await once(socket, "connect");
    // Begun, and so not idle.
    socket.write("POST /v1/chat/completions HTTP/1.1\r\n");
    sockets.push(socket);
  }
  const refused = await fetch(`${gateway.url}/healthz`);
  assert.deepEqual([refused.status, refused.headers.get("retry-after")], [503, "1"]);
  assert.equal(at(await refused.json(), "error", "code"), "overloaded");
  for (const socket of sockets) socket.destroy();
  for (let status = 503; status !== 200;) {
    const answer = await fetch(`${gateway.url}/healthz`);
    await answer.text();
    ({ status } = answer);
  }
});

suite("no request lasts longer than it may", { concurrency: 4 }, () => {
  const timeouts = { connect: 5000, firstByte: 20_000, idle: 20_000, request: 500 };

  test("before the first byte: a 504, and the upstream is let go", options, async () => {
    await using upstream = await geminiServer(() => {});
    await using gateway = await gatewayOf(upstream.url, {}, { timeouts });
    const answer = await ask(gateway.url, {});
    assert.equal(answer.status, 504);
    assert.equal(at(await answer.json(), "error", "code"), "request_timeout");
    await upstream.departed(1);
    assert.equal(upstream.calls.length, 1, "it is not tried again");
  });

  for (const [path, body] of [
    ["chat/completions", chat],
    ["responses", { model, input: "hello" }],
  ] as const) {
    test(`in a stream of ${path}: an error in the stream`, options, async () => {
      await using upstream = await geminiServer(({ response }) => {
        response.writeHead(200, { "content-type": "text/event-stream" });
        const timer = setInterval(() => response.write(sse(said("a"))), 50);
        response.once("close", () => clearInterval(timer));
      });
      await using gateway = await gatewayOf(upstream.url, {}, { timeouts });
      const answer = await ask(gateway.url, { path, body: { ...body, stream: true } });
      assert.equal(answer.status, 200);
      assert.match(await answer.text(), /took longer than 500 ms/);
      await upstream.departed(1);
    });
  }

  test("on a WebSocket: an error, and the connection goes on", options, async () => {
    await using upstream = await geminiServer((call) => {
      if (call.number > 1) answerWell(call);
    });
    await using gateway = await gatewayOf(upstream.url, {}, { timeouts });
    const socket = new WebSocket(`${gateway.url.replace("http", "ws")}/v1/responses`, {
      headers: { Authorization: `Bearer ${ada}` },
    });
    await once(socket, "open");
    const request = JSON.stringify({ type: "response.create", model, input: "hello" });
    const [events, ended] = [[] as unknown[], Promise.withResolvers<void>()];
    socket.on("message", (message: Buffer) => {
      const event: unknown = JSON.parse(message.toString());
      events.push(event);
      if (at(event, "type") === "error") socket.send(request);
      if (at(event, "type") === "response.completed") ended.resolve();
    });
    socket.send(request);
    await ended.promise;
    assert.deepEqual([at(events[0], "status")], [504]);
    socket.terminate();
  });
});
