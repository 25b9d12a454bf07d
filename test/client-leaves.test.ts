/**
 * The promise: when the client leaves, the upstream call is given up at once. Nothing is tried again, no
 * account pays for it, and the exchange is recorded once as `aborted`. A client that reads slowly slows the
 * upstream down instead of filling the memory.
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { test, type TestContext } from "node:test";
import type { GeminiCall, GeminiServer } from "./support/gemini-server.ts";
import { answerWell, geminiServer, refuse, said, sse } from "./support/gemini-server.ts";
import { ask, chatCases, type ChatCase, chatRoutes, goodText } from "./support/chat-routes.ts";
import { type PoolGateway, poolGateway } from "./support/pool-gateway.ts";
import { probe } from "./support/probe.ts";

/** Asks, and leaves once `moment` has come. Fails unless the answer was broken off by that. */
async function leave(
  gateway: PoolGateway,
  one: Pick<ChatCase, "route" | "stream">,
  moment: (response: Promise<Response>) => Promise<void>,
): Promise<number> {
  const abort = new AbortController();
  const response = ask(gateway, one, { signal: abort.signal });
  const read = response.then((answer) => answer.text());
  const broken = assert.rejects(read);
  await moment(response);
  const left = performance.now();
  abort.abort();
  await broken;
  return left;
}

/** What must hold after every departure. */
async function assertAbandoned(
  { summaries, log }: PoolGateway,
  server: GeminiServer,
  { calls = 1, departures = 1 } = {},
): Promise<void> {
  await server.departed(departures);
  await summaries.reached(1);
  assert.equal(server.calls.length, calls, "nothing was tried again");
  assert.equal(summaries.all.length, 1, "done fired once");
  const [summary] = summaries.all;
  assert.deepEqual([summary?.outcome, summary?.status], ["aborted", 499]);
  const lines = log.filter(({ msg }) => msg === "exchange");
  assert.deepEqual(
    lines.map((line) => [line["outcome"], line["status"]]),
    [["aborted", 499]],
  );
  assert.ok(!log.some(({ msg }) => msg === "cools"), "no account cools");
}

/** The next requests use all accounts, each in its turn. */
async function assertPoolUntouched(
  gateway: PoolGateway,
  server: GeminiServer,
  one: ChatCase,
): Promise<void> {
  const before = server.calls.length;
  for (let turn = 0; turn < 2; turn += 1) await goodText(one, await ask(gateway, one));
  const keys = server.calls.slice(before).map(({ key }) => key);
  assert.deepEqual(keys.toSorted(), ["key-1", "key-2"]);
}

/** Not asserted: a loaded machine may be slower than the promise. Shown with the test. */
function report(context: TestContext, since: number): void {
  context.diagnostic(`upstream closed ${(performance.now() - since).toFixed(1)} ms later`);
}

for (const route of chatRoutes) {
  const one: ChatCase = { title: route.path, route, stream: true };

  test(`leaves in the middle of a stream: ${route.path}`, async (context) => {
    await using server = await geminiServer((call) => {
      if (call.number > 1) return answerWell(call);
      call.response.writeHead(200, { "content-type": "text/event-stream" });
      call.response.write(sse(said("half of an answer")));
    });
    await using gateway = await poolGateway(server.url);
    const abort = new AbortController();
    const response = await ask(gateway, one, { signal: abort.signal });
    const reader = response.body?.getReader();
    const first = await reader?.read();
    assert.ok((first?.value?.length ?? 0) > 0);
    const left = performance.now();
    abort.abort();
    await server.departed(1);
    report(context, left);
    await assertAbandoned(gateway, server);
    await assertPoolUntouched(gateway, server, one);
  });
}

for (const { title, ...one } of chatCases) {
  const named = { title, ...one };

  test(`leaves before the upstream has said anything: ${title}`, async (context) => {
    await using server = await geminiServer((call) => {
      if (call.number > 1) answerWell(call);
    });
    await using gateway = await poolGateway(server.url);
    const left = await leave(gateway, one, () => server.arrived(1));
    await server.departed(1);
    report(context, left);
    await assertAbandoned(gateway, server);
    await assertPoolUntouched(gateway, server, named);
  });

  test(`leaves between the head of the answer and its first event: ${title}`, async (context) => {
    await using server = await geminiServer((call) => {
      if (call.number > 1) return answerWell(call);
      const type = call.streamed ? "text/event-stream" : "application/json";
      call.response.writeHead(200, { "content-type": type }).write(call.streamed ? ": " : "{");
    });
    await using gateway = await poolGateway(server.url);
    const left = await leave(gateway, one, () => server.arrived(1));
    await server.departed(1);
    report(context, left);
    await assertAbandoned(gateway, server);
    await assertPoolUntouched(gateway, server, named);
  });

  test(`a departure is no failure that a plugin is asked about: ${title}`, async () => {
    await using server = await geminiServer(() => {});
    const eager = probe({ attemptFailed: () => ({ retry: "next account" }) });
    await using gateway = await poolGateway(server.url, { plugins: [eager.plugin] });
    await leave(gateway, one, () => server.arrived(1));
    await assertAbandoned(gateway, server);
    assert.ok(!eager.calls.includes("attemptFailed"));
  });

  test(`leaves while agproxy waits between two attempts: ${title}`, async () => {
    await using server = await geminiServer((call) => {
      if (call.number > 1) answerWell(call);
      else refuse(call.response, 503);
    });
    const waiting = Promise.withResolvers<void>();
    let asked = 0;
    // Far longer than any test may last: it ends only because the client leaves.
    const patient = probe({
      attemptFailed: () => {
        asked += 1;
        setImmediate(waiting.resolve);
        return { retry: "same account", after: 2_000_000_000 };
      },
    });
    await using gateway = await poolGateway(server.url, { plugins: [patient.plugin] });
    await leave(gateway, one, () => waiting.promise);
    await assertAbandoned(gateway, server, { departures: 0 });
    assert.equal(asked, 1);
    await assertPoolUntouched(gateway, server, named);
  });

  test(`leaves while a plugin is thinking: ${title}`, async () => {
    await using server = await geminiServer(answerWell);
    const thinking = Promise.withResolvers<void>();
    const slow = probe({
      transformRequest: async (request, { exchange }) => {
        thinking.resolve();
        await once(exchange.incoming.signal, "abort");
        return request;
      },
    });
    await using gateway = await poolGateway(server.url, { plugins: [slow.plugin] });
    await leave(gateway, one, () => thinking.promise);
    await gateway.summaries.reached(1);
    assert.equal(server.calls.length, 0, "nothing is sent for a client that has left");
    assert.equal(gateway.summaries.all[0]?.outcome, "aborted");
  });
}

/** A caller that stops reading: its socket is paused from the start. */
async function stoppedReader(gateway: PoolGateway, body: object): Promise<Socket> {
  const { hostname, port } = new URL(gateway.url);
  const socket = connect(Number(port), hostname);
  await once(socket, "connect");
  socket.pause();
  const text = JSON.stringify(body);
  socket.write(
    `POST /v1/chat/completions HTTP/1.1\r\nHost: ${hostname}:${port}\r\nContent-Type: application/json\r\n` +
      `Content-Length: ${Buffer.byteLength(text)}\r\nConnection: close\r\n\r\n${text}`,
  );
  return socket;
}

const pieceSize = 64 * 1024;
const pieces = 1500;

/** Sends a long answer as fast as it is taken, and counts what was. */
function pump({ response }: GeminiCall, taken: { pieces: number }): void {
  const piece = sse(said("x".repeat(pieceSize)));
  response.writeHead(200, { "content-type": "text/event-stream" });
  const advance = (): void => {
    while (taken.pieces < pieces && !response.destroyed) {
      taken.pieces += 1;
      if (!response.write(piece)) return void response.once("drain", advance);
    }
    response.end(sse(said("", "STOP")));
  };
  advance();
}

/** Lets other requests pass until the count has stood still for many of them. */
async function untilStill(gateway: PoolGateway, taken: { pieces: number }): Promise<void> {
  const [route] = chatRoutes;
  assert.ok(route);
  let before = -1;
  for (let still = 0; still < 40; still += 1) {
    await goodText({ route, stream: false }, await ask(gateway, { route, stream: false }));
    if (taken.pieces !== before) still = 0;
    before = taken.pieces;
  }
}

test("a client that does not read stops the upstream, and loses nothing", async (context) => {
  const taken = { pieces: 0 };
  await using server = await geminiServer((call) => {
    if (call.number === 1) pump(call, taken);
    else answerWell(call);
  });
  await using gateway = await poolGateway(server.url);
  const body = { model: "any", stream: true, messages: [{ role: "user", content: "hello" }] };
  const socket = await stoppedReader(gateway, body);
  await server.arrived(1);
  await untilStill(gateway, taken);
  context.diagnostic(`the upstream was stopped after ${(taken.pieces * pieceSize) / 2 ** 20} MiB`);
  assert.ok(taken.pieces < pieces / 2, `${taken.pieces} of ${pieces} pieces were taken`);

  let length = 0;
  let end = "";
  for await (const bytes of socket as AsyncIterable<Buffer>) {
    length += bytes.byteLength;
    end = (end + bytes.toString("latin1")).slice(-100);
  }
  assert.equal(taken.pieces, pieces);
  assert.ok(length > pieces * pieceSize);
  assert.match(end, /data: \[DONE\]/);
});

test("a client that does not read and then leaves is gone for the upstream too", async () => {
  const taken = { pieces: 0 };
  await using server = await geminiServer((call) => {
    if (call.number === 1) pump(call, taken);
    else answerWell(call);
  });
  await using gateway = await poolGateway(server.url);
  const body = { model: "any", stream: true, messages: [{ role: "user", content: "hello" }] };
  const socket = await stoppedReader(gateway, body);
  await server.arrived(1);
  await untilStill(gateway, taken);
  socket.destroy();
  await server.departed(1);
  assert.ok(taken.pieces < pieces);
});
