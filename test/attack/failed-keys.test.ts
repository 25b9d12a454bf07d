/** The promise: guessing keys is slow, is seen in the log, and is nobody else's trouble. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { request } from "node:http";
import { connect } from "node:net";
import { after, before, test } from "node:test";
import { type Product, product } from "../support/product.ts";

const key = "a-key-of-thirty-two-characters-0";
let gateway: Product;
before(async () => {
  gateway = await product({ auth: { mode: "strict", keys: key } });
});
after(() => gateway[Symbol.asyncDispose]());

const chat = (bearer: string) =>
  fetch(`${gateway.url}/v1/chat/completions`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Authorization: `Bearer ${bearer}` },
    body: JSON.stringify({ model: "gpt-4o", messages: [{ role: "user", content: "hello" }] }),
  });

async function assertLine(msg: string, status: number): Promise<void> {
  const line = gateway.log.findLast((one) => one.msg === msg);
  assert.equal(line?.["address"], "127.0.0.1");
  assert.equal(line?.["status"], status);
}

test("500 guesses at once: most are refused with 429, and a right key beside them is answered", async () => {
  const guesses = Array.from({ length: 500 }, (_, index) => chat(`guess-number-${index}`));
  const good = await chat(key);
  assert.equal(good.status, 200, await good.text());
  const answers = await Promise.all(guesses);
  const bodies = await Promise.all(answers.map((answer) => answer.text()));
  const refused = answers.filter(({ status }) => status === 429);
  assert.ok(refused.length > 400, `${refused.length}`);
  for (const { headers } of refused) assert.match(headers.get("retry-after") ?? "", /^[1-5]$/);
  assert.ok(answers.every(({ status }) => status === 401 || status === 429));
  assert.ok(bodies.every((body) => !body.includes("guess-number")));
});

test("an exchange and a refusal have the client's address in the log", async () => {
  await (await chat(key)).text();
  await assertLine("exchange", 200);
  const none = await fetch(`${gateway.url}/v1/models`);
  await none.text();
  await assertLine("refused", 401);
});

test("so have bytes that are no request, and a refused WebSocket", async () => {
  const { port } = new URL(gateway.url);
  const socket = connect(Number(port), "127.0.0.1");
  socket.resume().end("no request\r\n\r\n");
  await once(socket, "close");
  await assertLine("refused", 400);

  const headers = {
    Connection: "Upgrade",
    Upgrade: "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
  };
  const call = request(`${gateway.url}/v1/responses`, { headers }).end();
  const [response] = await once(call, "response");
  response.resume();
  await assertLine("refused", 401);
});
