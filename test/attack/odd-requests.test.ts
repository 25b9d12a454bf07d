/** The promise: what is hardly HTTP gets an answer in JSON that says what is wrong, and is no failure of agproxy. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { suite, test } from "node:test";
import { answerWell, geminiServer } from "../support/gemini-server.ts";
import { poolGateway } from "../support/pool-gateway.ts";

const body = JSON.stringify({
  model: "gemini-2.5-flash",
  messages: [{ role: "user", content: "hello" }],
});

const get = (target: string, ...headers: readonly string[]) =>
  [`GET ${target} HTTP/1.1`, ...headers, "Connection: close", "", ""].join("\r\n");
const post = (...headers: readonly string[]) =>
  [
    "POST /v1/chat/completions HTTP/1.1",
    "Host: 127.0.0.1",
    "Content-Type: application/json",
    `Content-Length: ${body.length}`,
    ...headers,
    "Connection: close",
    "",
    body,
  ].join("\r\n");

const cases: readonly [what: string, request: string, status: number][] = [
  ["a target without a host", get("http://", "Host: a"), 400],
  ["a target that is no URL", get("http://[", "Host: a"), 400],
  ["a target of another scheme", get("ftp://a/healthz", "Host: a"), 400],
  ["a whole URL", get("http://127.0.0.1/healthz", "Host: a"), 200],
  ["two hosts", get("/healthz", "Host: 127.0.0.1", "host: evil.example"), 400],
  [
    "two hosts and a WebSocket",
    get("/v1/responses", "Host: a", "Host: b").replace("close", "Upgrade\r\nUpgrade: websocket"),
    400,
  ],
  [
    "a WebSocket without a readable key",
    get("/v1/responses", "Host: a", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: x").replace(
      "close",
      "Upgrade\r\nUpgrade: websocket",
    ),
    400,
  ],
  ["no content-encoding", post("Content-Encoding:"), 200],
  ["identity in capitals", post("Content-Encoding: IDENTITY"), 200],
  ["a compressed body", post("Content-Encoding: gzip"), 415],
  ["an expectation that nobody knows", post("Expect: nonsense"), 200],
];

/** What a gateway writes to a connection on which this is sent. */
async function answerTo(url: string, request: string): Promise<string> {
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  socket.write(request);
  const reads = await Array.fromAsync(socket as AsyncIterable<Buffer>);
  return Buffer.concat(reads).toString();
}

suite("requests", () => {
  for (const [what, request, status] of cases) {
    test(`${what}: ${status}`, { timeout: 20_000 }, async () => {
      await using upstream = await geminiServer(answerWell);
      await using gateway = await poolGateway(upstream.url);
      const answer = await answerTo(gateway.url, request);
      assert.match(answer, new RegExp(`^HTTP/1.1 ${status} `));
      const value = JSON.parse(answer.split("\r\n\r\n")[1] ?? "") as object;
      assert.equal("error" in value, status !== 200, answer);
      assert.equal(
        gateway.log.some(({ level }) => level === 50),
        false,
      );
    });
  }
});

test("an upload that breaks off is no failure of agproxy", { timeout: 20_000 }, async () => {
  await using upstream = await geminiServer(answerWell);
  await using gateway = await poolGateway(upstream.url);
  const socket = connect(Number(new URL(gateway.url).port), "127.0.0.1");
  await once(socket, "connect");
  socket.write(post().replace(/Content-Length: \d+/, "Content-Length: 5000"));
  while (!gateway.log.some(({ error }) => error === "client_closed_request")) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    socket.resetAndDestroy();
  }
  assert.equal(
    gateway.log.some(({ level }) => level === 50),
    false,
  );
});

test(
  "a model's name of a megabyte is refused, and gets into no URL, header or cache",
  { timeout: 20_000 },
  async () => {
    await using upstream = await geminiServer(answerWell);
    await using gateway = await poolGateway(upstream.url);
    const model = "m".repeat(1_000_000);
    const asked: readonly [path: string, body: object][] = [
      ["/v1/chat/completions", { messages: [{ role: "user", content: "a" }] }],
      ["/v1/responses", { input: "a" }],
      ["/v1/messages", { messages: [{ role: "user", content: "a" }], max_tokens: 9 }],
    ];
    for (const [path, fields] of asked) {
      const answer = await fetch(gateway.url + path, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ model, ...fields }),
      });
      assert.equal(answer.status, 400, path);
      assert.equal(answer.headers.get("x-mapped-model"), null);
      assert.match(await answer.text(), /has 1000000 characters; the maximum is 1024/);
    }
    assert.equal(upstream.calls.length, 0);
  },
);
