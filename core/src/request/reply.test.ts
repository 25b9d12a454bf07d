/** What a stream is on the wire, byte for byte. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { connect, type AddressInfo } from "node:net";
import { test } from "node:test";
import { HttpReply } from "./reply.ts";

/** Everything that a reply of these writes puts on the wire, its head and its body. */
async function wire(request: string, writes: readonly string[], last: string) {
  const server = createServer((_, response) => {
    const reply = new HttpReply(response, new AbortController().signal);
    reply.setHeader("Vary", "Cookie");
    reply.setHeader("vary", "Origin");
    for (const frames of writes) void reply.write(frames);
    reply.end(last);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  socket.end(request);
  const bytes = Buffer.concat(await Array.fromAsync(socket)).toString();
  server.close();
  const end = bytes.indexOf("\r\n\r\n");
  return { head: bytes.slice(0, end).toLowerCase(), body: bytes.slice(end + 4) };
}

const http11 = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

test("each write is one chunk, counted in bytes", async () => {
  const { head, body } = await wire(http11, ["data: Grüße\n\n", "data: 🎌\n\n"], "data: end\n\n");
  assert.match(head, /\r\ntransfer-encoding: chunked/);
  assert.equal(
    body,
    "f\r\ndata: Grüße\n\n\r\nc\r\ndata: 🎌\n\n\r\nb\r\ndata: end\n\n\r\n0\r\n\r\n",
  );
});

test("an end without frames is the last chunk alone", async () => {
  assert.equal((await wire(http11, ["a"], "")).body, "1\r\na\r\n0\r\n\r\n");
  assert.equal((await wire(http11, [], "")).body, "0\r\n\r\n");
});

test("a client of HTTP/1.0 gets no chunks", async () => {
  const { head, body } = await wire("GET / HTTP/1.0\r\n\r\n", ["a", "b"], "c");
  assert.doesNotMatch(head, /transfer-encoding/);
  assert.equal(body, "abc");
});

test("a request for the head alone gets no body", async () => {
  const { body } = await wire(http11.replace("GET", "HEAD"), ["a"], "b");
  assert.equal(body, "");
});

test("a header that is set again is sent once", async () => {
  const { head } = await wire(http11, ["a"], "b");
  assert.deepEqual(head.match(/vary: .+/g), ["vary: origin"]);
});
