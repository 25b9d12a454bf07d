/**
 * The promise: an `Upgrade` header that offers something else than a WebSocket changes nothing. Java's HTTP client offers
 * HTTP/2 with each request.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { product } from "./support/product.ts";
import { connection, rawAnswer, readAnswer } from "./support/raw-answer.ts";

const h2c = ["Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAEAAEAA"];

function request(
  method: "GET" | "POST",
  path: string,
  headers: readonly string[],
  body?: unknown,
): string {
  const text = body === undefined ? "" : JSON.stringify(body);
  const sent = [
    `${method} ${path} HTTP/1.1`,
    ...(headers.some((header) => header.startsWith("Host:")) ? [] : ["Host: localhost"]),
    ...headers,
    ...(text === "" ? [] : ["Content-Type: application/json", `Content-Length: ${text.length}`]),
  ];
  return `${sent.join("\r\n")}\r\n\r\n${text}`;
}

const upgrade = (value: string) => ["Connection: Upgrade", `Upgrade: ${value}`];

const chat = "/v1/chat/completions";
const hello = { model: "gpt-4o", messages: [{ role: "user", content: "Say hello" }] };

test("a chat that offers h2c gets its answer, and the connection serves the next one", async () => {
  await using gateway = await product();
  const socket = connection(gateway);
  const answer = () => readAnswer(socket.iterator({ destroyOnReturn: false }));
  socket.write(request("POST", chat, h2c, hello));
  const first = await answer();
  assert.match(first, /^HTTP\/1\.1 200 /);
  assert.match(first, /You said: Say hello/);
  socket.write(request("GET", "/v1/models", h2c));
  assert.match(await answer(), /^HTTP\/1\.1 200 /);
  socket.destroy();
});

test("a streamed chat that offers h2c gets its stream", async () => {
  await using gateway = await product();
  const close = ["Connection: Upgrade, HTTP2-Settings, close", ...h2c.slice(1)];
  const { status, head, body } = await rawAnswer(
    gateway,
    request("POST", chat, close, { ...hello, stream: true }),
  );
  assert.equal(status, 200);
  assert.match(head, /text\/event-stream/);
  assert.match(body, /sandbox[^]*data: \[DONE\]/);
});

test("a large body that comes in pieces after such headers is read whole", async () => {
  await using gateway = await product();
  const content = `${"x".repeat(300_000)} end`;
  const sent = request("POST", chat, h2c, { ...hello, messages: [{ role: "user", content }] });
  const socket = connection(gateway);
  const half = sent.indexOf("\r\n\r\n") + 100;
  socket.write(sent.slice(0, half), () => socket.write(sent.slice(half)));
  assert.match(await readAnswer(socket), /^HTTP\/1\.1 200 /);
});

test("the gate stands before such requests as before all", async () => {
  const key = "a-key-of-thirty-two-characters-0";
  await using gateway = await product({ auth: { mode: "strict", keys: key } });
  const ask = (...headers: readonly string[]) =>
    rawAnswer(gateway, request("POST", chat, [...h2c, ...headers], hello));
  assert.equal((await ask()).status, 401);
  assert.equal((await ask(`Authorization: Bearer ${key}`)).status, 200);
  const foreign = await ask(`Authorization: Bearer ${key}`, "Host: evil.example");
  assert.equal(foreign.status, 403);
  assert.match(foreign.body, /host_not_allowed/);
});

test("whatever is no WebSocket is HTTP, and a WebSocket that nobody takes is told so", async () => {
  await using gateway = await product();
  for (const value of ["h2c", "TLS/1.0", "foo", "websocket-ish", "h2c, foo"]) {
    const { status } = await rawAnswer(gateway, request("GET", "/v1/models", upgrade(value)));
    assert.equal(status, 200, value);
  }
  const posted = request("POST", chat, upgrade("websocket"), hello);
  assert.equal((await rawAnswer(gateway, posted)).status, 200);
  for (const value of ["websocket", "WebSocket", "h2c, websocket"]) {
    const refused = await rawAnswer(gateway, request("GET", chat, upgrade(value)));
    assert.equal(refused.status, 426, value);
    assert.match(refused.body, /upgrade_required/);
  }
});
