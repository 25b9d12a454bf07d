/**
 * The promise: while a model thinks and while its answer streams, of a request no more than the texts are held, and they
 * once. Agents send megabytes with every step, and their streams take minutes.
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import { type ClientRequest, createServer, type IncomingMessage, request } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { type ChatRoute, chatRoutes, pathOf } from "./support/chat-routes.ts";
import { CountWatch } from "./support/count-watch.ts";
import { said, sse } from "./support/gemini-server.ts";
import { memoryInUse } from "./support/memory.ts";
import { poolGateway } from "./support/pool-gateway.ts";

const length = 16 * 1024 * 1024;

/** Asks with a prompt of so many characters, which are not kept here. */
function ask(url: string, route: ChatRoute, characters: number): ClientRequest {
  const body = JSON.stringify(route.body("x".repeat(characters), true));
  const headers = { "content-type": "application/json", "content-length": body.length };
  const path = pathOf({ route, stream: true });
  return request(url + path, { method: "POST", headers }).end(body);
}

/** Says these words, if any, and nothing more until the caller leaves. Keeps nothing of what it is sent. */
async function upstream(words: string) {
  const asked = new CountWatch<string | undefined>();
  const server = createServer((call, answer) => {
    call.resume().once("end", () => {
      if (words !== "") answer.write(sse(said(words)));
      asked.add(call.url);
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

/** What comes of a call that is broken off at the end of a test. */
function ignored(call: ClientRequest): ClientRequest {
  return call.on("error", () => {});
}

for (const route of chatRoutes) {
  test(`a model that thinks: the texts are held once, ${route.path}`, async (context) => {
    await using server = await upstream("");
    await using gateway = await poolGateway(server.url);
    const first = ignored(ask(gateway.url, route, 1));
    await server.asked.reached(1);
    const before = await memoryInUse();
    const second = ignored(ask(gateway.url, route, length));
    await server.asked.reached(2);
    const times = ((await memoryInUse()) - before) / length;
    for (const call of [first, second]) call.destroy();
    await gateway.summaries.reached(2);
    context.diagnostic(`${times.toFixed(2)} times its length`);
    assert.ok(times < 1.5, `${times} times its length`);
  });

  test(`an answer that streams: the texts are held once, ${route.path}`, async (context) => {
    await using server = await upstream("Hello");
    await using gateway = await poolGateway(server.url);
    const streaming = async (characters: number) => {
      const call = ask(gateway.url, route, characters);
      const [answer] = (await once(call, "response")) as [IncomingMessage];
      await once(answer, "readable");
      return answer;
    };
    const first = await streaming(1);
    const before = await memoryInUse();
    const second = await streaming(length);
    const times = ((await memoryInUse()) - before) / length;
    for (const answer of [first, second]) answer.destroy();
    await gateway.summaries.reached(2);
    context.diagnostic(`${times.toFixed(2)} times its length`);
    assert.ok(times < 1.5, `${times} times its length`);
  });
}
