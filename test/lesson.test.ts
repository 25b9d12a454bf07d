/** The lesson: what a newcomer types first, against the gateway that `agproxy start` gives them. */
import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import type OpenAI from "openai";
import { agproxy, startAgproxy, type AgproxyProcess } from "./support/agproxy-process.ts";
import { client } from "./support/client.ts";
import { installedFolder } from "./support/folder.ts";
import { at } from "./support/json-path.ts";
import { product } from "./support/product.ts";
import { repository } from "./support/repository.ts";

const json = { "Content-Type": "application/json" };
const hello = { model: "gpt-4o", messages: [{ role: "user", content: "Say hello" }] };
const answered = "This is the agproxy sandbox, no model behind it. You said: Say hello";
const uuid = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;

function post(url: string, body: unknown, headers: Readonly<Record<string, string>> = {}) {
  return fetch(url, {
    method: "POST",
    headers: { ...json, ...headers },
    body: JSON.stringify(body),
  });
}

suite("the config file of the repository, with no account", () => {
  let gateway: AgproxyProcess;
  let openai: OpenAI;
  before(async () => {
    gateway = await startAgproxy({ cwd: repository });
    openai = client(gateway);
  });
  after(() => gateway[Symbol.asyncDispose]());

  test("GET /healthz says ok", async () => {
    const response = await fetch(`${gateway.url}/healthz`);
    assert.equal(response.status, 200);
    assert.equal(at(await response.json(), "status"), "ok");
  });

  test("GET /readyz says that accounts are there", async () => {
    const response = await fetch(`${gateway.url}/readyz`);
    assert.equal(response.status, 200);
    assert.deepEqual(await response.json(), {
      status: "ready",
      accounts: 3,
      usable: 3,
      standings: { free: 3 },
    });
  });

  test("GET /v1/models lists aliases and live models, each once, without patterns", async () => {
    const response = await fetch(`${gateway.url}/v1/models`);
    const list: unknown = await response.json();
    assert.equal(at(list, "object"), "list");
    const data = at(list, "data");
    assert.ok(Array.isArray(data));
    const ids = data.map((model: unknown) => String(at(model, "id")));
    assert.ok(ids.includes("gpt-4o") && ids.includes("gemini-2.5-flash"), ids.join(" "));
    assert.deepEqual(ids, [...new Set(ids)]);
    assert.deepEqual(
      ids.filter((id) => id.includes("*")),
      [],
    );
  });

  test("the openai SDK gets an answer", async () => {
    const answer = await openai.chat.completions.create({
      model: "gpt-4o",
      messages: [{ role: "user", content: "Say hello" }],
    });
    assert.equal(answer.choices[0]?.message.content, answered);
    assert.equal(answer.choices[0]?.finish_reason, "stop");
    assert.equal(answer.model, "gpt-4o");
    assert.ok((answer.usage?.total_tokens ?? 0) > 0);
  });

  test("curl -N gets a stream that ends in [DONE]", async () => {
    const response = await post(`${gateway.url}/v1/chat/completions`, { ...hello, stream: true });
    assert.equal(response.status, 200);
    assert.match(response.headers.get("content-type") ?? "", /^text\/event-stream/);
    const frames = (await response.text()).split("\n\n");
    assert.deepEqual(frames.slice(-2), ["data: [DONE]", ""]);
    const chunks = frames.slice(0, -2).map((frame): unknown => JSON.parse(frame.slice(6)));
    const words = chunks.map((chunk) => at(chunk, "choices", 0, "delta", "content"));
    assert.equal(words.filter((word) => typeof word === "string").join(""), answered);
    assert.ok(words.length > 3, "it comes word by word");
  });

  test("/v1/responses takes instructions and a text", async () => {
    const body = { model: "gpt-4o", instructions: "Be brief.", input: "Say hello" };
    const response = await post(`${gateway.url}/v1/responses`, body);
    const answer: unknown = await response.json();
    assert.equal(at(answer, "object"), "response");
    assert.equal(at(answer, "status"), "completed");
    assert.equal(at(answer, "instructions"), "Be brief.");
    assert.equal(at(answer, "output", 0, "content", 0, "text"), answered);
    assert.equal(at(answer, "choices", 0, "message", "content"), answered);
  });

  test("curl -i shows the model, the account and the request's id", async () => {
    const response = await post(`${gateway.url}/v1/chat/completions`, hello);
    assert.equal(response.headers.get("x-mapped-model"), "gemini-2.5-flash");
    assert.match(response.headers.get("x-account-email") ?? "", /^sandbox-[123]@agproxy\.invalid$/);
    assert.match(response.headers.get("x-request-id") ?? "", uuid);
    await response.body?.cancel();
  });

  test("a failure shows the same headers and is told in OpenAI's form", async () => {
    const body = {
      model: "gpt-4o",
      messages: [{ role: "user", content: "[[sandbox: fail 403]]" }],
    };
    const response = await post(`${gateway.url}/v1/chat/completions`, body);
    assert.equal(response.status, 403);
    assert.equal(response.headers.get("x-mapped-model"), "gemini-2.5-flash");
    assert.match(response.headers.get("x-account-email") ?? "", /^sandbox-[123]@/);
    assert.match(response.headers.get("x-request-id") ?? "", uuid);
    const error = at(await response.json(), "error");
    assert.equal(at(error, "code"), "account_forbidden");
    assert.equal(typeof at(error, "message"), "string");
  });

  test("a wrong base URL is served where the meaning is plain, and told otherwise", async () => {
    for (const path of ["/chat/completions", "/v1/v1/chat/completions", "//v1/chat/completions/"]) {
      const response = await post(gateway.url + path, hello);
      assert.equal(response.status, 200, path);
      await response.body?.cancel();
    }
    const lost = await post(`${gateway.url}/v1/chat/completions/responses`, hello);
    assert.equal(lost.status, 404);
    assert.match(
      String(at(await lost.json(), "error", "message")),
      /http:\/\/127\.0\.0\.1:\d+\/v1\b/,
    );
  });
});

suite("open to the network", () => {
  const key = "a-key-of-thirty-two-characters-0";
  const open = { server: { allowLanAccess: true }, auth: { keys: key } };

  test("without a key, or with a wrong one, it is a 401 as an OpenAI error object", async () => {
    await using gateway = await product(open);
    for (const headers of [{}, { Authorization: "Bearer wrong-wrong-wrong" }]) {
      for (const path of ["/v1/chat/completions", "/v1/responses"]) {
        const response = await post(gateway.url + path, hello, headers);
        assert.equal(response.status, 401);
        assert.match(response.headers.get("content-type") ?? "", /^application\/json/);
        const error = at(await response.json(), "error");
        assert.equal(at(error, "code"), "invalid_api_key");
        assert.equal(at(error, "param"), null);
        assert.match(String(at(error, "message")), /key/);
        assert.equal(typeof at(error, "type"), "string");
      }
    }
    assert.equal((await fetch(`${gateway.url}/v1/models`)).status, 401);
    assert.equal((await fetch(`${gateway.url}/healthz`)).status, 200);
    assert.equal(gateway.upstream.requests.length, 0);
  });

  test("the key is taken from three headers, and the first present one decides", async () => {
    await using gateway = await product(open);
    const chat = async (headers: Readonly<Record<string, string>>) => {
      const response = await post(`${gateway.url}/v1/chat/completions`, hello, headers);
      await response.body?.cancel();
      return response.status;
    };
    assert.equal(await chat({ Authorization: `Bearer ${key}` }), 200);
    assert.equal(await chat({ "x-api-key": key }), 200);
    assert.equal(await chat({ "x-goog-api-key": key }), 200);
    assert.equal(
      await chat({ Authorization: "Bearer another-key-of-mine", "x-api-key": key }),
      401,
    );
    assert.equal(await chat({ "x-api-key": "another-key-of-mine", "x-goog-api-key": key }), 401);
    assert.ok(!JSON.stringify(gateway.log).includes(key), "the key is in no log line");
  });

  test("a caller's key never travels on to the upstream", async () => {
    await using gateway = await product(open);
    await client(gateway, { apiKey: key }).chat.completions.create({
      model: "gpt-4o",
      messages: [{ role: "user", content: "Say hello" }],
    });
    assert.equal(gateway.upstream.requests.length, 1);
    assert.ok(!JSON.stringify(gateway.upstream.requests).includes(key));
  });
});

suite("accounts at their limit", () => {
  const three = [
    { label: "one@a.invalid" },
    { label: "two@a.invalid" },
    { label: "three@a.invalid" },
  ];

  for (const path of ["/v1/chat/completions", "/v1/responses"]) {
    for (const stream of [false, true]) {
      test(`two of three answer 429, the third answers: ${path}, stream ${stream}`, async () => {
        await using gateway = await product({ upstream: { accounts: three } });
        gateway.upstream.fail("one@a.invalid", "rate-limit");
        gateway.upstream.fail("two@a.invalid", "quota");
        const body = { ...hello, input: "Say hello", stream };
        const response = await post(gateway.url + path, body);
        assert.equal(response.status, 200);
        assert.equal(response.headers.get("x-account-email"), "three@a.invalid");
        assert.match(await response.text(), /You/);
        assert.equal(gateway.upstream.requests.length, 3);
      });
    }
  }

  test("all at their limit: 429, when to come back, and why each was passed over", async () => {
    await using gateway = await product({ upstream: { accounts: three } });
    for (const { label } of three) gateway.upstream.fail(label, "rate-limit");
    const responses = [
      await post(`${gateway.url}/v1/chat/completions`, hello),
      await post(`${gateway.url}/v1/chat/completions`, { ...hello, stream: true }),
      await post(`${gateway.url}/v1/responses`, { model: "gpt-4o", input: "Say hello" }),
    ];
    for (const response of responses) {
      assert.equal(response.status, 429);
      const wait = Number(response.headers.get("retry-after"));
      assert.ok(wait > 0 && wait <= 31, `Retry-After: ${wait}`);
      assert.equal(response.headers.get("x-mapped-model"), "gemini-2.5-flash");
      const error = at(await response.json(), "error");
      assert.equal(at(error, "code"), "pool_exhausted");
      const accounts = at(error, "details", "accounts");
      assert.ok(Array.isArray(accounts));
      const labels = accounts.map((one: unknown) => String(at(one, "account")));
      assert.deepEqual(labels.toSorted(), three.map(({ label }) => label).toSorted());
      for (const one of accounts) {
        assert.ok(String(at(one, "reason")).length > 5, JSON.stringify(one));
        assert.ok(Number(at(one, "retry_after_seconds")) > 0, JSON.stringify(one));
      }
    }
    assert.equal(gateway.upstream.requests.length, 3, "accounts that cool are left alone");
  });

  test("who wants no account names in answers gets none", async () => {
    await using gateway = await product({
      server: { accountHeader: false },
      upstream: { accounts: three },
    });
    const good = await post(`${gateway.url}/v1/chat/completions`, hello);
    assert.equal(good.headers.get("x-account-email"), null);
    await good.body?.cancel();
    for (const { label } of three) gateway.upstream.fail(label, "rate-limit");
    const bad = await post(`${gateway.url}/v1/chat/completions`, hello);
    assert.equal(bad.status, 429);
    assert.ok(!(await bad.text()).includes("@a.invalid"));
  });
});

test("in a fresh folder, `init` and `start` are enough for the lesson", async () => {
  await using place = await installedFolder();
  assert.equal((await agproxy(["init"], { cwd: place.path })).code, 0);
  await using gateway = await startAgproxy({ cwd: place.path });
  const response = await post(`${gateway.url}/v1/chat/completions`, hello);
  assert.equal(at(await response.json(), "choices", 0, "message", "content"), answered);
});
