/**
 * The promise: while a stream goes on, of its request no more than the texts are held, and they once. Agents send
 * megabytes with every step, and their streams take minutes.
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { type ChatRoute, chatRoutes } from "./support/chat-routes.ts";
import { said, sse } from "./support/gemini-server.ts";
import { poolGateway } from "./support/pool-gateway.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

const length = 16 * 1024 * 1024;

/** Bytes in use once all has been let go of that can be. */
async function memory(): Promise<number> {
  for (let round = 0; round < 3; round += 1) {
    await nextTurn();
    collectGarbage();
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** The answer to a prompt of so many characters, which are not kept here. */
async function ask(url: string, route: ChatRoute, characters: number): Promise<IncomingMessage> {
  const body = JSON.stringify(route.body("x".repeat(characters), true));
  const headers = { "content-type": "application/json", "content-length": body.length };
  const call = request(url + route.path, { method: "POST", headers }).end(body);
  const [answer] = (await once(call, "response")) as [IncomingMessage];
  return answer;
}

/** Says one word and goes on until the caller leaves. Keeps nothing of what it is sent. */
async function upstream(): Promise<Server> {
  const server = createServer((call, answer) => {
    call.resume().once("end", () => answer.write(sse(said("Hello"))));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}

for (const route of chatRoutes) {
  test(`a stream holds the texts of its request once: ${route.path}`, async (context) => {
    await using server = await upstream();
    const { port } = server.address() as AddressInfo;
    await using gateway = await poolGateway(`http://127.0.0.1:${port}`);
    const first = await ask(gateway.url, route, 1);
    await once(first, "readable");
    const before = await memory();
    const answer = await ask(gateway.url, route, length);
    await once(answer, "readable");
    const copies = ((await memory()) - before) / length;
    context.diagnostic(`${copies.toFixed(2)} times its length`);
    assert.ok(copies < 1.5, `${copies} times its length`);
    first.destroy();
    answer.destroy();
    await gateway.summaries.reached(2);
  });
}
