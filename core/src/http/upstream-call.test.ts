import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { mock, test } from "node:test";
import type { Dispatcher } from "undici";
import { bodyText, errorText, type HttpResponse, textLimitBytes } from "./calls.ts";
import { UpstreamBody } from "./upstream-call.ts";
import { upstreamHttp } from "./upstream-http.ts";
import { isStaleConnection } from "./http-error.ts";
import { AgproxyError } from "../errors/agproxy-error.ts";
import { yieldToEventLoop } from "../kit/event-loop.ts";

/** A body, and what it has undici do. */
function begun() {
  const told: string[] = [];
  let paused = false;
  const controller: Dispatcher.DispatchController = {
    aborted: false,
    reason: null,
    rawHeaders: null,
    rawTrailers: null,
    get paused() {
      return paused;
    },
    abort(reason) {
      told.push("abort");
      body.fail(AgproxyError.from(reason));
    },
    pause() {
      told.push("pause");
      paused = true;
    },
    resume() {
      told.push("resume");
      paused = false;
    },
  };
  const body = new UpstreamBody(controller);
  const take = (text: string) => body.take(Buffer.from(text));
  return { body, take, told };
}

test("pieces that arrive together are read together", async () => {
  const { body, take } = begun();
  const read = body.next();
  take("one ");
  take("two");
  assert.equal((await read).value?.toString(), "one two");
  body.end();
  assert.deepEqual(await body.next(), { done: true, value: undefined });
});

test("one piece may wait for its reader; the next one stops the upstream until both are read", async () => {
  const { body, take, told } = begun();
  take("one ");
  assert.deepEqual(told, []);
  take("two");
  assert.deepEqual(told, ["pause"]);
  assert.equal((await body.next()).value?.toString(), "one two");
  const read = body.next();
  assert.deepEqual(told, ["pause", "resume"]);
  take("three");
  assert.equal((await read).value?.toString(), "three");
});

test("a text is whole, whenever its pieces came", async () => {
  const { body, take, told } = begun();
  take('{"early":1,');
  take('"paused":2,');
  const text = bodyText(body);
  await yieldToEventLoop();
  take('"late":3}');
  body.end();
  assert.equal(await text, '{"early":1,"paused":2,"late":3}');
  assert.deepEqual(told, ["pause", "resume"]);
});

test("a text without a piece is empty", async () => {
  const { body } = begun();
  body.end();
  assert.equal(await bodyText(body), "");
});

test("a text that breaks off is an error, however much of it came", async () => {
  const { body, take } = begun();
  const text = bodyText(body);
  take("half");
  body.fail(new AgproxyError("upstream_cut"));
  await assert.rejects(text, { code: "upstream_cut" });
});

test("a text that is too long is given up", async () => {
  const { body, told } = begun();
  const text = bodyText(body);
  const piece = Buffer.alloc(1024 * 1024);
  for (let size = 0; size <= textLimitBytes; size += piece.byteLength) body.take(piece);
  await assert.rejects(text, { code: "upstream_unreadable" });
  assert.deepEqual(told, ["abort"]);
});

test("a body without end is given up", async () => {
  const { body, told } = begun();
  const bytes = Buffer.alloc(textLimitBytes / 4);
  for (let reads = 0; reads < 5; reads += 1) body.take(bytes);
  assert.ok(told.includes("abort"));
  await body.next();
  await assert.rejects(body.next(), { code: "upstream_unreadable" });
});

test("of an error's body only the beginning is read, and not waited for without end", async () => {
  let left = false;
  async function* page(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) yield Buffer.alloc(1000, "a");
    } finally {
      left = true;
    }
  }
  assert.equal((await errorText({ body: page() })).length, 64 * 1024);
  await yieldToEventLoop();
  assert.equal(left, true);
  mock.timers.enable({ apis: ["setTimeout"] });
  const silent = { [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => {}) }) };
  const waiting = errorText({ body: silent });
  mock.timers.tick(10_000);
  assert.equal(await waiting, "");
  mock.timers.reset();
});

/** A server that answers the first request of each connection and breaks the connection at the second. */
async function forgetful(breakOff: (socket: Socket) => void) {
  const server = createServer((_request, response) => {
    const { socket } = response;
    if (socket === null) return;
    if (!seen.has(socket)) response.end("well");
    else breakOff(socket);
    seen.add(socket);
  });
  const seen = new WeakSet<Socket>();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const close = async () => {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  };
  return {
    url: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: close,
  };
}

const breaks: Readonly<Record<string, (socket: Socket) => void>> = {
  "reset it": (socket) => socket.resetAndDestroy(),
  "closed it": (socket) => socket.end(),
};

const textOf = (answer: unknown) => (answer as HttpResponse).text();

const post = (url: string) => ({
  method: "POST" as const,
  url,
  body: "{}",
  signal: new AbortController().signal,
});

for (const [how, breakOff] of Object.entries(breaks)) {
  test(`a kept connection whose server has ${how} is told apart: the call can be sent again`, async () => {
    await using server = await forgetful(breakOff);
    const http = upstreamHttp({ connect: 5000, firstByte: 5000, idle: 5000 });
    const ends: unknown[] = [];
    // A connection is kept only once its answer was read, so more than one call may make a new one.
    for (let number = 0; number < 6; number += 1) {
      const end = await http.send(post(server.url)).catch((thrown: unknown) => thrown);
      ends.push(end instanceof Error ? isStaleConnection(end) : await textOf(end));
      await yieldToEventLoop();
    }
    assert.ok(ends.includes(true), String(ends));
    assert.ok(!ends.includes(false), String(ends));
    assert.equal(ends[0], "well");
    http.close();
  });
}

test("a new connection that is reset is a failure of the upstream", async () => {
  const server = createServer((_request, response) => response.socket?.resetAndDestroy());
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const http = upstreamHttp({ connect: 5000, firstByte: 5000, idle: 5000 });
  const error = await http
    .send(post(`http://127.0.0.1:${port}`))
    .catch((thrown: unknown) => thrown);
  assert.equal(AgproxyError.from(error).code, "upstream_unreachable");
  assert.equal(isStaleConnection(error), false);
  http.close();
  server.close();
});
