import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { test } from "node:test";
import { Connections } from "./connections.ts";

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A server with its connections watched, and one raw connection to it. */
async function setUp(answer: Answer, timeoutMs = 0) {
  const connections = new Connections();
  const server = createServer(connections.inTurn(answer));
  server.timeout = timeoutMs;
  server.on("timeout", connections.onTimeout);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  await once(socket, "connect");
  return {
    server,
    socket,
    async [Symbol.asyncDispose]() {
      socket.destroy();
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`;

async function readUntil(socket: Socket, pattern: RegExp): Promise<string> {
  let text = "";
  for await (const bytes of socket) {
    text += String(bytes);
    if (pattern.test(text)) break;
  }
  return text;
}

test("pipelined requests are answered one after the other, in order", async () => {
  let [open, most] = [0, 0];
  await using one = await setUp((request, response) => {
    open += 1;
    most = Math.max(most, open);
    setImmediate(() => {
      response.end(request.url);
      open -= 1;
    });
  });
  one.socket.write(["/1", "/2", "/3", "/4", "/5"].map(get).join(""));
  const text = await readUntil(one.socket, /\/5$/);
  assert.equal(most, 1);
  assert.deepEqual(
    [...text.matchAll(/\/\d(?!\.)/g)].map(([path]) => path),
    ["/1", "/2", "/3", "/4", "/5"],
  );
});

test("a connection is used again after its answers", async () => {
  await using one = await setUp((request, response) => response.end(request.url));
  for (const path of ["/1", "/2"]) {
    one.socket.write(get(path));
    const [bytes] = (await once(one.socket, "data")) as [Buffer];
    assert.match(String(bytes), new RegExp(`${path}$`));
  }
});

test("a connection with too many waiting requests is closed", async () => {
  let answered = 0;
  await using one = await setUp(() => (answered += 1));
  one.socket.on("error", () => {});
  one.socket.write(get("/").repeat(200));
  one.socket.resume();
  await once(one.socket, "close");
  assert.equal(answered, 1);
});

test("requests that wait when the client leaves are not answered", async () => {
  const closed = Promise.withResolvers<void>();
  let answered = 0;
  await using one = await setUp((_request, response) => {
    answered += 1;
    response.once("close", () => closed.resolve());
    one.socket.destroy();
  });
  one.socket.write(get("/").repeat(3));
  await closed.promise;
  await new Promise(setImmediate);
  assert.equal(answered, 1);
});

test("a client that takes nothing of its answer is let go", async () => {
  const closed = Promise.withResolvers<void>();
  await using one = await setUp((_request, response) => {
    response.once("close", () => closed.resolve());
    response.end(Buffer.alloc(64 * 1024 * 1024));
  }, 50);
  one.socket.pause();
  one.socket.write(get("/"));
  await closed.promise;
});

test("a client whose upstream is slow is not", async () => {
  const answers: ServerResponse[] = [];
  await using one = await setUp((_request, response) => void answers.push(response), 20);
  one.socket.write(get("/"));
  await once(one.server, "timeout");
  assert.equal(one.socket.destroyed, false);
  answers[0]?.end("late");
  assert.match(await readUntil(one.socket, /late$/), /late$/);
});
