/** The promise: what is no HTTP request is answered like any other error, and the log says what may be wrong. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { openai } from "@agproxy/plugin-openai";
import { scriptedUpstream, startGateway, type TestGateway, textAnswer } from "agproxy/testing";
import { answerWell, geminiServer, said, sse } from "./support/gemini-server.ts";
import { at } from "./support/json-path.ts";
import { poolGateway } from "./support/pool-gateway.ts";
import { connection, rawAnswer } from "./support/raw-answer.ts";

/** Node's own limit. */
const longestHead = 16 * 1024;

function start(): Promise<TestGateway> {
  const upstream = scriptedUpstream(() => textAnswer("an answer"));
  return startGateway({ plugins: [openai(), upstream.plugin] });
}

const cases = [
  { title: "nonsense", bytes: "nonsense\r\n\r\n", status: 400, says: /not valid HTTP/ },
  {
    title: "a space in the path",
    bytes: "GET /v1/models/a b HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    status: 400,
    says: /not valid HTTP/,
  },
  {
    title: "the beginning of TLS",
    bytes: new Uint8Array([22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3]),
    status: 400,
    says: /speaks TLS.* http:\/\//,
  },
  {
    title: "headers that are too large",
    bytes: `GET /v1/models HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: ${"a".repeat(longestHead)}\r\n\r\n`,
    status: 431,
    says: /larger than 16384 bytes/,
  },
  {
    title: "a body in broken chunks",
    bytes:
      "POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n" +
      "Transfer-Encoding: chunked\r\n\r\nno size\r\n",
    status: 400,
    says: /not valid HTTP/,
  },
] as const;

for (const { title, bytes, status, says } of cases) {
  test(`${title}: a ${status} in JSON, and a line in the log`, async () => {
    await using gateway = await start();
    const { head, body } = await rawAnswer(gateway, bytes);
    assert.match(head, new RegExp(`^HTTP/1\\.1 ${status} .*content-type: application/json`, "is"));
    assert.equal(at(JSON.parse(body), "error", "code"), "unreadable_request");
    const message = String(at(JSON.parse(body), "error", "message"));
    assert.match(message, says);
    const line = gateway.log.find((each) => at(each, "error") === "unreadable_request");
    assert.equal(at(line, "status"), status);
    assert.ok(message.startsWith(String(at(line, "reason"))));
    const after = await fetch(`${gateway.url}/healthz`);
    assert.equal(after.status, 200, await after.text());
  });
}

test("nonsense behind a request whose answer is under way is not answered into it", async () => {
  await using server = await geminiServer((call) => {
    if (call.number > 1) return answerWell(call);
    call.response.writeHead(200, { "content-type": "text/event-stream" });
    call.response.write(sse(said("begun")));
  });
  await using gateway = await poolGateway(server.url);
  const body = JSON.stringify({
    model: "any",
    stream: true,
    messages: [{ role: "user", content: "a" }],
  });
  const socket = connection(gateway);
  socket.write(
    "POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n" +
      `Content-Length: ${body.length}\r\n\r\n${body}`,
  );
  const [first] = (await once(socket, "data")) as [Buffer];
  socket.write("nonsense\r\n\r\n");
  const rest = await Array.fromAsync(socket as AsyncIterable<Buffer>);
  const answer = String(Buffer.concat([first, ...rest]));
  assert.match(answer, /begun/);
  assert.equal(answer.match(/HTTP\/1\.1/g)?.length, 1);
  await server.departed(1);
});
