/** The promise: a key of `agproxy keys` opens what it is made for, as much of it as it is made for, and nothing once it has ended. */
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { suite, test } from "node:test";
import OpenAI, { AuthenticationError, PermissionDeniedError, RateLimitError } from "openai";
import { definePlugin, type ChatEvent } from "agproxy";
import { textAnswer } from "agproxy/testing";
import { at } from "./support/json-path.ts";
import { chatWith, keyedGateway, noon, statusOf } from "./support/keyed-gateway.ts";
import { connect } from "./support/response-socket.ts";

const hello = {
  model: "gemini-2.5-pro",
  messages: [{ role: "user" as const, content: "Say hello" }],
};

const sdk = (gateway: { readonly url: string }, apiKey: string, maxRetries = 0) =>
  new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey, maxRetries });

const chat = (gateway: { readonly url: string }, key: string, body: object = hello) =>
  chatWith(gateway, key, body);

suite("who comes in", () => {
  test("a key works as soon as it is made, and is in no file, no log and no error", async () => {
    await using gateway = await keyedGateway();
    const key = await gateway.add("laptop");
    assert.match(key, /^sk-agp-[0-9A-Za-z]{49}$/);
    const answer = await sdk(gateway, key).chat.completions.create(hello);
    assert.equal(answer.choices[0]?.message.content, "hello");
    const line = gateway.log.find(({ msg }) => msg === "exchange");
    assert.equal(line?.["caller"], "laptop");
    await gateway.keys("revoke laptop");
    const refused = await (await chat(gateway, key)).text();
    for (const text of [await readFile(gateway.file, "utf8"), JSON.stringify(gateway.log), refused])
      assert.ok(!text.includes(key.slice(11)), text);
  });

  test("a revoked key is a 401 that says so, from the next request on", async () => {
    await using gateway = await keyedGateway();
    const key = await gateway.add("laptop");
    assert.equal(await statusOf(chat(gateway, key)), 200);
    await gateway.keys("revoke laptop");
    await assert.rejects(sdk(gateway, key, 2).models.list(), (error: AuthenticationError) => {
      assert.ok(error instanceof AuthenticationError);
      assert.equal(error.code, "invalid_api_key");
      assert.match(
        error.message,
        /Incorrect API key provided: the key "laptop" was revoked on 2026-06-15/,
      );
      return true;
    });
  });

  test("an expired key is a 401 that says since when", async () => {
    await using gateway = await keyedGateway();
    const key = await gateway.add("laptop", { expires: "12h" });
    gateway.now += 12 * 3_600_000 - 1;
    assert.equal(await statusOf(chat(gateway, key)), 200);
    gateway.now += 1;
    const response = await chat(gateway, key);
    assert.equal(response.status, 401);
    assert.match(await response.text(), /the key \\"laptop\\" expired on 2026-06-16T00:00:30/);
  });

  test("where nobody needs a key, a revoked one is refused all the same, and health checks are not", async () => {
    await using gateway = await keyedGateway({ auth: { mode: "off" } });
    const key = await gateway.add("laptop");
    await gateway.keys("revoke laptop");
    assert.equal(await statusOf(chat(gateway, key)), 401);
    assert.equal(await statusOf(chat(gateway, "anything")), 200);
    const headers = { authorization: `Bearer ${key}` };
    assert.equal(await statusOf(fetch(`${gateway.url}/healthz`, { headers })), 200);
  });

  test("a key that is revoked under load lets nobody in from then on, and what is under way may finish", async () => {
    const { promise: release, resolve } = Promise.withResolvers<void>();
    async function* slow(): AsyncGenerator<readonly ChatEvent[]> {
      const batches = textAnswer("one two three");
      yield batches[0] ?? [];
      await release;
      yield* batches.slice(1);
    }
    await using gateway = await keyedGateway({ script: slow });
    const key = await gateway.add("laptop");
    const open = await Promise.all(
      Array.from({ length: 20 }, () => chat(gateway, key, { ...hello, stream: true })),
    );
    await gateway.keys("revoke laptop");
    const after = await Promise.all(Array.from({ length: 50 }, () => statusOf(chat(gateway, key))));
    assert.ok(after.every((status) => status === 401));
    resolve();
    for (const response of open) assert.match(await response.text(), /three.*\[DONE\]/s);
  });

  test("on an open WebSocket, too, the next turn of a revoked key is refused", async () => {
    await using gateway = await keyedGateway();
    const key = await gateway.add("laptop");
    await using socket = await connect(gateway.url, { authorization: `Bearer ${key}` });
    await socket.turn({ model: hello.model, input: "one" });
    await gateway.keys("revoke laptop");
    socket.ask({ model: hello.model, input: "two" });
    const events = await socket.events();
    assert.match(JSON.stringify(events), /was revoked/);
    assert.equal(gateway.sent.length, 1);
  });
});

suite("models", () => {
  test("a key sees the models it may use, and another one is a 403 as at OpenAI", async () => {
    await using gateway = await keyedGateway();
    const key = await gateway.add("laptop", { models: "gemini-*" });
    const listed = await Array.fromAsync(await sdk(gateway, key).models.list());
    const ids = listed.map(({ id }) => id);
    assert.deepEqual(ids, ["gemini-2.5-pro", "gemini-2.5-flash"]);
    assert.equal(
      await statusOf(
        fetch(`${gateway.url}/v1/models/other-model`, {
          headers: { authorization: `Bearer ${key}` },
        }),
      ),
      404,
    );
    const other = sdk(gateway, key).chat.completions.create({ ...hello, model: "other-model" });
    await assert.rejects(other, (error: PermissionDeniedError) => {
      assert.ok(error instanceof PermissionDeniedError);
      assert.equal(error.code, "model_not_found");
      assert.match(error.message, /"laptop" does not have access to model `other-model`/);
      return true;
    });
    assert.equal(gateway.sent.length, 0);
  });

  test("the name that a client writes counts, and the one that it is mapped to", async () => {
    await using gateway = await keyedGateway();
    const upstream = await gateway.add("upstream", { models: "gemini-*" });
    const alias = await gateway.add("alias", { models: "GPT-4o,text-*" });
    const asked = (key: string, model: string) => statusOf(chat(gateway, key, { ...hello, model }));
    assert.equal(await asked(upstream, "gpt-4o"), 200);
    assert.equal(await asked(alias, "gpt-4o"), 200);
    assert.equal(await asked(alias, "gpt-4o-mini"), 403);
    assert.equal(await asked(alias, "gemini-2.5-pro"), 403);
  });

  test("a model that a plugin chooses instead must be allowed as well", async () => {
    const swap = definePlugin({
      name: "swap",
      apply: ({ hooks }) =>
        hooks.exchange.tap({ name: "swap", stage: 100 }, () => ({ model: "other-model" })),
    });
    await using gateway = await keyedGateway({ plugins: [swap] });
    const key = await gateway.add("laptop", { models: "gemini-*" });
    // The name as written is allowed, wherever the gateway sends it.
    assert.equal(await statusOf(chat(gateway, key)), 200);
    assert.equal(await statusOf(chat(gateway, key, { ...hello, model: "gpt-4o" })), 403);
  });
});

suite("requests per minute", () => {
  test("of 100 at once 60 pass, and the next minute begins anew", async () => {
    await using gateway = await keyedGateway();
    const key = await gateway.add("laptop", { rpm: "60" });
    const all = await Promise.all(Array.from({ length: 100 }, () => statusOf(chat(gateway, key))));
    assert.equal(all.filter((status) => status === 200).length, 60);
    assert.equal(all.filter((status) => status === 429).length, 40);
    assert.equal(gateway.sent.length, 60);
    gateway.now += 30_000;
    assert.equal(await statusOf(chat(gateway, key)), 200);
  });

  test("another key has a limit of its own", async () => {
    await using gateway = await keyedGateway();
    const one = await gateway.add("one", { rpm: "1" });
    const two = await gateway.add("two", { rpm: "1" });
    assert.equal(await statusOf(chat(gateway, one)), 200);
    assert.equal(await statusOf(chat(gateway, one)), 429);
    assert.equal(await statusOf(chat(gateway, two)), 200);
  });

  test("headers and error are OpenAI's", async () => {
    await using gateway = await keyedGateway();
    const key = await gateway.add("laptop", { rpm: "2", tpd: "5000" });
    const { response } = await sdk(gateway, key).chat.completions.create(hello).withResponse();
    assert.equal(response.headers.get("x-ratelimit-limit-requests"), "2");
    assert.equal(response.headers.get("x-ratelimit-remaining-requests"), "1");
    assert.equal(response.headers.get("x-ratelimit-reset-requests"), "30s");
    assert.equal(response.headers.get("x-ratelimit-limit-tokens"), "5000");
    assert.equal(response.headers.get("x-ratelimit-remaining-tokens"), "3973");
    assert.equal(response.headers.get("x-ratelimit-reset-tokens"), "11h59m30s");
    await chat(gateway, key);
    await assert.rejects(
      sdk(gateway, key).chat.completions.create(hello),
      (error: RateLimitError) => {
        assert.ok(error instanceof RateLimitError);
        assert.equal(error.code, "rate_limit_exceeded");
        assert.equal(
          error.message,
          '429 Rate limit reached for the API key "laptop" on requests per min (RPM): Limit 2, Used 2, Requested 1. Please try again in 30s.',
        );
        assert.equal(error.headers.get("retry-after"), "30");
        assert.equal(error.headers.get("x-ratelimit-remaining-requests"), "0");
        return true;
      },
    );
  });

  test("the SDK waits as long as it is told, and then its request passes", async () => {
    await using gateway = await keyedGateway();
    const key = await gateway.add("laptop", { rpm: "1" });
    await (await chat(gateway, key)).text();
    gateway.now = noon + 29_900;
    const turned = sdk(gateway, key, 1).chat.completions.create(hello);
    // Its first try is refused with a wait of a second; the clock passes the minute meanwhile.
    while (!gateway.log.some(({ status }) => status === 429)) await new Promise(setImmediate);
    gateway.now = noon + 30_000;
    assert.equal((await turned).choices[0]?.message.content, "hello");
  });

  test("over a minute it is told not to try again", async () => {
    await using gateway = await keyedGateway();
    const key = await gateway.add("laptop", { rpd: "1" });
    await (await chat(gateway, key)).text();
    await assert.rejects(sdk(gateway, key, 5).chat.completions.create(hello), RateLimitError);
    const refused = gateway.log.filter(({ status }) => status === 429);
    assert.equal(refused.length, 1);
  });

  test("a raised limit counts at once", async () => {
    await using gateway = await keyedGateway();
    const key = await gateway.add("laptop", { rpm: "1" });
    assert.equal(await statusOf(chat(gateway, key)), 200);
    assert.equal(await statusOf(chat(gateway, key)), 429);
    const text = await readFile(gateway.file, "utf8");
    await writeFile(gateway.file, text.replace('"rpm": 1', '"rpm": 100'));
    assert.equal(await statusOf(chat(gateway, key)), 200);
  });
});

/** A request of each route whose body is a chat. */
const everyRoute: Readonly<Record<string, object>> = {
  "/v1/chat/completions": hello,
  "/v1/completions": { model: hello.model, prompt: "Say hello" },
  "/v1/responses": { model: hello.model, input: "Say hello" },
  "/v1/embeddings": { model: hello.model, input: "Say hello" },
  "/v1/images/generations": { model: hello.model, prompt: "a cat" },
  "/v1/audio/speech": { model: hello.model, input: "Say hello", voice: "alloy" },
};

test("every route counts, also on a WebSocket and in the background", async () => {
  await using gateway = await keyedGateway();
  const routes = Object.entries(everyRoute);
  const key = await gateway.add("laptop", { rpm: String(routes.length + 2) });
  const headers = { "content-type": "application/json", authorization: `Bearer ${key}` };
  const post = (path: string, body: object) =>
    fetch(gateway.url + path, { method: "POST", headers, body: JSON.stringify(body) });
  for (const [path, body] of routes) assert.notEqual(await statusOf(post(path, body)), 429, path);
  await using socket = await connect(gateway.url, { authorization: `Bearer ${key}` });
  await socket.turn({ model: hello.model, input: "one" });
  const background = { model: hello.model, input: "one", background: true };
  assert.equal(await statusOf(post("/v1/responses", background)), 200);
  assert.equal(gateway.sent.length, routes.length + 2);
  for (const [path, body] of routes) assert.equal(await statusOf(post(path, body)), 429, path);
  socket.ask({ model: hello.model, input: "two" });
  assert.match(JSON.stringify(await socket.events()), /rate_limit_exceeded/);
  const late = (await (await post("/v1/responses", background)).json()) as { readonly id: string };
  const polled = async () =>
    (await (await fetch(`${gateway.url}/v1/responses/${late.id}`, { headers })).json()) as object;
  let response = await polled();
  while (at(response, "status") !== "failed") response = await polled();
  assert.equal(at(response, "error", "code"), "rate_limit_exceeded");
  assert.equal(gateway.sent.length, routes.length + 2);
});
