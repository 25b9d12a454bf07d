/** The promise: what one instance stores, every instance that shares the Redis has. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { redis } from "@agproxy/plugin-redis";
import { answerWell, geminiServer } from "./support/gemini-server.ts";
import { at } from "./support/json-path.ts";
import { poolGateway } from "./support/pool-gateway.ts";
import { redisServer, withoutRedis } from "./support/redis-server.ts";

async function sent(url: string, method: string, body?: unknown): Promise<[number, unknown]> {
  const answer = await fetch(url, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return [answer.status, await answer.json()];
}

test(
  "a response stored by one instance is read, continued and deleted at another",
  { skip: withoutRedis },
  async () => {
    await using server = await redisServer();
    await using upstream = await geminiServer(answerWell);
    const plugins = [redis({ url: server.url })];
    await using one = await poolGateway(upstream.url, { plugins });
    await using other = await poolGateway(upstream.url, { plugins });
    const model = "gemini-2.5-flash";
    const first = { model, input: "My name is Ada." };
    const [, made] = await sent(`${one.url}/v1/responses`, "POST", first);
    const id = String(at(made, "id"));
    const [status, read] = await sent(`${other.url}/v1/responses/${id}`, "GET");
    assert.deepEqual([status, at(read, "id")], [200, id]);
    const next = { model, input: "Who am I?", previous_response_id: id };
    const [continued] = await sent(`${other.url}/v1/responses`, "POST", next);
    assert.equal(continued, 200);
    assert.match(JSON.stringify(upstream.calls.at(-1)?.body), /My name is Ada/);
    const [deleted] = await sent(`${other.url}/v1/responses/${id}`, "DELETE");
    assert.equal(deleted, 200);
    const [gone] = await sent(`${one.url}/v1/responses/${id}`, "GET");
    assert.equal(gone, 404);
  },
);

test(
  "a store on Redis that is not there: chats are answered, and the log says so once",
  { skip: withoutRedis },
  async () => {
    await using upstream = await geminiServer(answerWell);
    const plugins = [redis({ url: "unix:/nowhere/redis.sock" })];
    await using gateway = await poolGateway(upstream.url, { plugins });
    for (const path of ["/v1/responses", "/v1/chat/completions"]) {
      const asked = {
        model: "gemini-2.5-flash",
        input: "Hi",
        messages: [{ role: "user", content: "Hi" }],
      };
      const [status] = await sent(gateway.url + path, "POST", asked);
      assert.equal(status, 200);
    }
    const warnings = gateway.log.filter(({ msg }) => msg?.startsWith("redis:"));
    assert.equal(warnings.length, 1);
    assert.match(String(warnings[0]?.["reason"]), /ENOENT/);
  },
);
