import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { test } from "node:test";
import { Connections } from "./connections.ts";

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A server with its connections watched, and one raw connection to it. */
async function setUp(answer: Answer, writeTimeoutMs = 60_000) {
  const server = createServer();
  const connections = new Connections(server, answer, { writeTimeoutMs, sweepIntervalMs: 10 });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const sockets: Socket[] = [];
  const another = async () => {
    const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
    sockets.push(socket);
    await once(socket, "connect");
    return socket;
  };
  const socket = await another();
  return {
    server,
    connect: another,
    connections,
    socket,
    async [Symbol.asyncDispose]() {
      for (const open of sockets) open.destroy();
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

test("a client that takes nothing of its answer is let go, one that waits for its answer is not", async () => {
  const closed = Promise.withResolvers<void>();
  const late: ServerResponse[] = [];
  await using one = await setUp((request, response) => {
    if (request.url === "/late") return void late.push(response);
    response.once("close", () => closed.resolve());
    response.end(Buffer.alloc(64 * 1024 * 1024));
  }, 50);
  const waiting = one.socket;
  waiting.write(get("/late"));
  const stuck = await one.connect();
  stuck.pause();
  stuck.write(get("/"));
  await closed.promise;
  assert.equal(one.connections.size, 1);
  late[0]?.end("late");
  assert.match(await readUntil(waiting, /late$/), /late$/);
});
