/** Who may use Google's routes: a key comes in a header, or on these routes alone in the URL, and goes no further. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { at } from "./support/json-path.ts";
import { product } from "./support/product.ts";

const key = "a-key-of-thirty-two-characters-0";
const strict = { auth: { mode: "strict", keys: key } } as const;
const hello = JSON.stringify({ contents: [{ parts: [{ text: "Say hello" }] }] });
const json = { "content-type": "application/json" };
const path = "/v1beta/models/gemini-2.5-flash:generateContent";

test("a key is taken from each place where Google's clients put one", async () => {
  await using gateway = await product(strict);
  const ask = (query: string, headers: Readonly<Record<string, string>>, at = path) =>
    fetch(`${gateway.url}${at}${query}`, {
      method: "POST",
      body: hello,
      headers: { ...json, ...headers },
    });
  assert.equal((await ask("", {})).status, 401);
  assert.equal((await ask("", { "x-goog-api-key": key })).status, 200);
  assert.equal((await ask("", { authorization: `Bearer ${key}` })).status, 200);
  assert.equal((await ask(`?key=${key}`, {})).status, 200);
  assert.equal((await ask(`?alt=sse&key=${key}`, {}, path.replace("v1beta", "v1"))).status, 200);
  const wrong = await ask("?key=wrong", {});
  assert.equal(wrong.status, 401);
  assert.equal(at(await wrong.json(), "error", "status"), "UNAUTHENTICATED");
  // A header comes before the URL.
  assert.equal((await ask(`?key=${key}`, { "x-goog-api-key": "wrong" })).status, 401);
  for (const list of ["/v1beta/models", "/v1/models"]) {
    const listed = await fetch(`${gateway.url}${list}?key=${key}`);
    assert.equal(at(await listed.json(), "models", 0, "name"), "models/gemini-2.5-flash");
  }
});

test("a key in the URL of another API is none", async () => {
  await using gateway = await product(strict);
  for (const other of ["/v1/chat/completions", "/v1/messages", "/v1/responses", "/v1/none"]) {
    const response = await fetch(`${gateway.url}${other}?key=${key}`, {
      method: "POST",
      body: "{}",
      headers: json,
    });
    assert.equal(response.status, 401, other);
  }
  assert.equal((await fetch(`${gateway.url}/healthz?key=${key}`)).status, 401);
});

test("a key in the URL reaches neither the log nor the upstream nor an answer", async () => {
  await using gateway = await product(strict);
  const answers: string[] = [];
  for (const method of ["generateContent", "streamGenerateContent", "none", "countTokens"]) {
    const url = `${gateway.url}/v1beta/models/gemini-2.5-flash:${method}?key=${key}`;
    const response = await fetch(url, { method: "POST", body: hello, headers: json });
    answers.push(await response.text(), JSON.stringify([...response.headers]));
  }
  const missing = await fetch(`${gateway.url}/v1beta/none?key=${key}`);
  answers.push(await missing.text());
  assert.ok(gateway.upstream.requests.length > 1);
  for (const text of [...answers, JSON.stringify(gateway.log)]) assert.ok(!text.includes(key));
  assert.ok(!JSON.stringify(gateway.upstream.requests).includes(key));
});
