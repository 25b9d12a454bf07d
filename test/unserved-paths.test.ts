/**
 * The promise: a 404 tells the truth. A path of a known API that agproxy does not serve is told so, in the shape that
 * this API's clients read, and never that the base URL is wrong.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { openai } from "@agproxy/plugin-openai";
import { responses } from "@agproxy/plugin-responses";
import { definePlugin } from "agproxy";
import { startGateway } from "agproxy/testing";
import { at } from "./support/json-path.ts";
import { product } from "./support/product.ts";
import { repository } from "./support/repository.ts";

async function ask(url: string, method: string, path: string, headers = {}) {
  const body = method === "POST" ? "{}" : null;
  const response = await fetch(url + path, {
    method,
    body,
    headers: { "content-type": "application/json", ...headers },
  });
  const said: unknown = await response.json();
  return { status: response.status, said };
}

test("every path of OpenAI that docs/coverage.md calls not served says so itself", async () => {
  const page = readFileSync(join(repository, "docs/coverage.md"), "utf8");
  const rows = [...page.matchAll(/^\| ([A-Z]+) `(\S+)` +\| not served +\|$/gm)];
  assert.ok(rows.length > 100);
  await using gateway = await product();
  for (const [, method = "", pattern = ""] of rows) {
    const path = pattern.replaceAll(/\{(\w+?)_?(?:id)?\}/g, "chatcmpl-$1");
    const { status, said } = await ask(gateway.url, method, path);
    const code = String(at(said, "error", "code"));
    const message = String(at(said, "error", "message"));
    if (status === 405) assert.match(message, / takes (?:GET|POST)/, path);
    else assert.deepEqual([status, code], [404, "not_served"], `${method} ${path}`);
    assert.doesNotMatch(message, /base URL/, path);
  }
});

test("a client of Anthropic's API is told in its own shape", async () => {
  await using gateway = await startGateway({ plugins: [openai()] });
  for (const path of [
    "/v1/messages?beta=true",
    "/v1/messages/count_tokens",
    "/v1/v1/messages",
    "/messages",
  ]) {
    const { status, said } = await ask(gateway.url, "POST", path);
    assert.equal(status, 404, path);
    assert.equal(at(said, "type"), "error", path);
    assert.equal(at(said, "error", "type"), "not_found_error", path);
    const message = String(at(said, "error", "message"));
    assert.match(message, /does not serve Anthropic's Messages API .*@agproxy\/plugin-anthropic/);
  }
});

test("a client of Anthropic's API is told in its shape wherever it asks", async () => {
  await using gateway = await product();
  const version = { "anthropic-version": "2023-06-01" };
  for (const [method, path, headers] of [
    ["POST", "/v1/messages/batches", {}],
    ["POST", "/v1/messages/count_tokens", {}],
    ["GET", "/v1/messages", {}],
    ["GET", "/v1/models/none", version],
    ["POST", "/v1/vector_stores", version],
    ["GET", "/v1/nothing", version],
  ] as const) {
    const { status, said } = await ask(gateway.url, method, path, headers);
    assert.ok(status >= 400 && status < 500, path);
    assert.equal(at(said, "type"), "error", path);
    assert.match(String(at(said, "error", "type")), /^(?:not_found|invalid_request)_error$/, path);
    assert.match(String(at(said, "request_id")), /^[\w-]{36}$/, path);
  }
  const plain = await ask(gateway.url, "GET", "/v1/models/none");
  assert.equal(at(plain.said, "type"), undefined);
});

test("a client of Google's API is told in its own shape", async () => {
  await using gateway = await startGateway({ plugins: [openai()] });
  for (const path of [
    "/v1beta/models/gemini-3-pro:generateContent",
    "/v1beta/models/gemini-3-pro:streamGenerateContent?alt=sse",
    "/v1alpha/cachedContents",
    "/upload/v1beta/files",
    "/v1/models/gemini-3-pro:generateContent",
    "/v1/models/gemini-3-pro:countTokens",
    "/v1beta1/projects/p/locations/l/publishers/google/models/gemini-3-pro:generateContent",
    "/v1/projects/p/locations/l/publishers/google/models/gemini-3-pro:generateContent",
  ]) {
    const { status, said } = await ask(gateway.url, "POST", path);
    assert.equal(status, 404, path);
    assert.equal(at(said, "error", "code"), 404, path);
    assert.equal(at(said, "error", "status"), "NOT_FOUND", path);
    assert.match(
      String(at(said, "error", "message")),
      /does not serve (?:this part of )?(?:Google's|Vertex)/,
      path,
    );
  }
  const listed = await ask(gateway.url, "GET", "/v1beta/models");
  assert.equal(at(listed.said, "error", "status"), "NOT_FOUND");
});

test("a client of Google's API is told in its shape wherever it asks", async () => {
  await using gateway = await product();
  for (const [method, path, headers] of [
    ["POST", "/v1beta/models/gemini-3-pro:predictLongRunning", {}],
    ["POST", "/v1beta/models/gemini-3-pro:generateContent", {}],
    ["GET", "/v1beta/models/none", {}],
    ["GET", "/v1/models/none", { "x-goog-api-key": "any" }],
    ["GET", "/v1/models/none?key=any", {}],
    ["GET", "/v1beta/cachedContents", {}],
    ["POST", "/upload/v1beta/files", {}],
  ] as const) {
    const { status, said } = await ask(gateway.url, method, path, headers);
    assert.ok(status >= 400 && status < 500, path);
    assert.equal(at(said, "error", "code"), status, path);
    const word = status === 404 ? "NOT_FOUND" : "INVALID_ARGUMENT";
    assert.equal(at(said, "error", "status"), word, path);
  }
  const plain = await ask(gateway.url, "GET", "/v1/models/none");
  assert.equal(at(plain.said, "error", "status"), undefined);
});

test("a wrong key on such a path is told in the same shape", async () => {
  const key = "a-key-of-thirty-two-characters-0";
  await using gateway = await product({ auth: { mode: "strict", keys: key } });
  const anthropic = await ask(gateway.url, "POST", "/v1/messages", { "x-api-key": "wrong" });
  assert.equal(anthropic.status, 401);
  assert.equal(at(anthropic.said, "error", "type"), "authentication_error");
  assert.equal(at(anthropic.said, "type"), "error");
  assert.ok(at(anthropic.said, "request_id"));
  const foreign = { "x-api-key": key, origin: "https://evil.example" };
  for (const path of ["/v1/messages", "/v1/messages/count_tokens"]) {
    const page = await ask(gateway.url, "POST", path, foreign);
    assert.equal(page.status, 403);
    assert.equal(at(page.said, "error", "type"), "permission_error");
    assert.equal(at(page.said, "type"), "error");
  }
  const google = await ask(gateway.url, "POST", "/v1beta/models/m:generateContent");
  assert.equal(at(google.said, "error", "status"), "UNAUTHENTICATED");
});

test("a path that another plugin serves names the plugin, until that is there", async () => {
  await using without = await startGateway({ plugins: [openai()] });
  const missing = await ask(without.url, "POST", "/v1/responses");
  assert.equal(at(missing.said, "error", "code"), "not_served");
  assert.match(String(at(missing.said, "error", "message")), /@agproxy\/plugin-responses/);
  await using gateway = await startGateway({ plugins: [openai(), responses()] });
  const served = await ask(gateway.url, "POST", "/v1/responses");
  assert.equal(served.status, 400);
  const mistaken = await ask(gateway.url, "GET", "/v1/responses/chat/completions");
  assert.equal(at(mistaken.said, "error", "code"), "route_not_found");
});

test("a plugin's own route on such a path wins, whichever comes first", async () => {
  const messages = definePlugin({
    name: "messages",
    apply: (agproxy) =>
      agproxy.route("POST", "/v1/messages", async () => ({ body: { own: true } })),
  });
  for (const plugins of [
    [openai(), messages],
    [messages, openai()],
  ]) {
    await using gateway = await startGateway({ plugins });
    assert.deepEqual(await ask(gateway.url, "POST", "/v1/messages"), {
      status: 200,
      said: { own: true },
    });
    assert.equal((await ask(gateway.url, "GET", "/v1/messages")).status, 405);
    assert.equal((await ask(gateway.url, "POST", "/v1/messages/count_tokens")).status, 404);
  }
});

test("Google's path for clients of OpenAI is a wrong base URL, and told so", async () => {
  await using gateway = await product();
  const { said } = await ask(gateway.url, "POST", "/v1beta/openai/chat/completions");
  assert.match(String(at(said, "error", "message")), /base URL to http:\/\/\S+\/v1 /);
});
