import assert from "node:assert/strict";
import { request } from "node:http";
import { test } from "node:test";
import { definePlugin } from "@agproxy/core";
import { startGateway } from "@agproxy/core/testing";
import { guard, type GuardOptions } from "./index.ts";

interface Answer {
  readonly status: number | undefined;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly code: string | undefined;
}

const echo = definePlugin({
  name: "echo",
  apply: (agproxy) => {
    agproxy.route("GET", "/echo", async () => ({ body: {} }));
    agproxy.route("POST", "/echo", async (route) => ({ body: { got: await route.json() } }));
  },
});

/** node:http, because fetch does not let anyone write these headers. */
function send(url: string, method: string, headers: Record<string, string>, body?: string) {
  return new Promise<Answer>((resolve, reject) => {
    const call = request(`${url}/echo`, { method, headers }, (response) => {
      response.setEncoding("utf8");
      let text = "";
      response.on("data", (chunk: string) => (text += chunk));
      response.on("end", () => {
        const { statusCode: status, headers: got } = response;
        const answer = text === "" ? {} : (JSON.parse(text) as { error?: { code: string } });
        resolve({ status, headers: got, code: answer.error?.code });
      });
    });
    call.on("error", reject);
    call.end(body);
  });
}

async function gateway(options: GuardOptions = {}) {
  const plugin = guard(options);
  const running = await startGateway({ plugins: [plugin, echo] });
  const get = (headers: Record<string, string> = {}) => send(running.url, "GET", headers);
  const post = (headers: Record<string, string>) => send(running.url, "POST", headers, "{}");
  const preflight = (headers: Record<string, string>) => send(running.url, "OPTIONS", headers);
  return { get, post, preflight, plugin, url: running.url, [Symbol.asyncDispose]: running.close };
}

const json = { "content-type": "application/json" };
const page = "https://chat.example.com";

test("programs on this machine come in", async () => {
  await using running = await gateway();
  assert.equal((await running.get()).status, 200);
  assert.equal((await running.get({ host: "localhost:8045" })).status, 200);
  assert.equal((await running.post(json)).status, 200);
});

test("a page that points its own name here does not come in", async () => {
  await using running = await gateway();
  const answer = await running.get({
    host: "evil.example:8045",
    origin: "http://evil.example:8045",
  });
  assert.deepEqual([answer.status, answer.code], [403, "host_not_allowed"]);
});

test("a configured host comes in", async () => {
  await using running = await gateway({ hosts: ["Gateway.example.com"] });
  assert.equal((await running.get({ host: "gateway.example.com" })).status, 200);
  assert.equal((await running.get({ host: "other.example.com" })).status, 403);
});

test("another page does not come in, not even with a form, an image or a preflight", async () => {
  await using running = await gateway();
  const origin = "https://evil.example";
  const answers = [
    await running.post({ ...json, origin }),
    await running.post({ "content-type": "text/plain", origin }),
    await running.get({ "sec-fetch-site": "cross-site" }),
    await running.preflight({ origin, "access-control-request-method": "POST" }),
  ];
  for (const { status, code, headers } of answers) {
    assert.deepEqual([status, code], [403, "origin_not_allowed"]);
    assert.equal(headers["access-control-allow-origin"], undefined);
  }
});

test("the gateway's own page comes in", async () => {
  await using running = await gateway();
  const answer = await running.post({
    ...json,
    origin: running.url,
    "sec-fetch-site": "same-origin",
  });
  assert.equal(answer.status, 200);
});

test("a body that is not JSON is refused before anything reads it", async () => {
  await using running = await gateway();
  const answer = await running.post({ "content-type": "text/plain" });
  assert.deepEqual([answer.status, answer.code], [415, "unsupported_media_type"]);
});

test("a listed page may ask first, call, and read the answer", async () => {
  await using running = await gateway({ origins: [page] });
  const asked = await running.preflight({
    origin: page,
    "access-control-request-method": "POST",
    "access-control-request-headers": "authorization, x-stainless-os",
  });
  assert.equal(asked.status, 204);
  assert.equal(asked.headers["access-control-allow-origin"], page);
  assert.equal(asked.headers["access-control-allow-headers"], "authorization, x-stainless-os");
  assert.match(String(asked.headers["access-control-allow-methods"]), /POST/);
  const answer = await running.post({ ...json, origin: page });
  assert.equal(answer.status, 200);
  assert.equal(answer.headers["access-control-allow-origin"], page);
  assert.equal(answer.headers["vary"], "Origin");
  const exposed = String(answer.headers["access-control-expose-headers"]).split(", ");
  assert.deepEqual(exposed, [
    "X-Request-Id",
    "X-Mapped-Model",
    "X-Account-Email",
    "X-Agproxy-Ignored",
    "X-Agproxy-Estimated",
    "Retry-After",
    "x-should-retry",
    "x-ratelimit-limit-requests",
    "x-ratelimit-limit-tokens",
    "x-ratelimit-remaining-requests",
    "x-ratelimit-remaining-tokens",
    "x-ratelimit-reset-requests",
    "x-ratelimit-reset-tokens",
  ]);
});

test("a listed page can read a refusal as well, and no other origin is ever named", async () => {
  await using running = await gateway({ origins: [page] });
  const refused = await running.post({ "content-type": "text/plain", origin: page });
  assert.equal(refused.status, 415);
  assert.equal(refused.headers["access-control-allow-origin"], page);
  const foreign = await running.get({ origin: "https://evil.example" });
  assert.equal(foreign.headers["access-control-allow-origin"], undefined);
  assert.equal(foreign.headers["vary"], "Origin");
});

test("with LAN access, addresses of the private network are hosts too", async () => {
  const plugin = guard();
  await using running = await startGateway({ plugins: [plugin, echo], allowLanAccess: true });
  const url = running.url.replace("0.0.0.0", "127.0.0.1");
  assert.equal((await send(url, "GET", { host: "192.168.1.5:8045" })).status, 200);
  assert.equal((await send(url, "GET", { host: "evil.example" })).status, 403);
  assert.equal(plugin.describe?.(), "private network hosts, no web origins");
});

test("warns of an origin list that takes every page, and of no other", async () => {
  await using open = await gateway({ origins: ["*", page] });
  assert.match(open.plugin.notice?.() ?? "", /every page .* origins: \[/s);
  await using listed = await gateway({ origins: [page] });
  assert.equal(listed.plugin.notice?.(), undefined);
});

test("describes itself", async () => {
  await using running = await gateway({ origins: [page] });
  assert.equal(running.plugin.describe?.(), "loopback hosts, 1 web origin");
});

const wrong: readonly [options: unknown, message: RegExp][] = [
  [{ host: [] }, /no option `host`/],
  [{ hosts: "a" }, /`hosts` must be a list/],
  [{ hosts: ["https://a.b"] }, /`hosts\[0\]` is "https:\/\/a\.b"/],
  [{ hosts: ["a.b:80"] }, /`hosts\[0\]`/],
  [{ hosts: ["[::1]:80"] }, /`hosts\[0\]`/],
  [{ hosts: ["*"] }, /`hosts\[0\]`/],
  [{ origins: [page, `${page}/`] }, /`origins\[1\]`/],
  [{ origins: ["chat.example.com"] }, /`origins\[0\]`/],
  [{ origins: ["https://*.example.com"] }, /`origins\[0\]`/],
];

for (const [options, message] of wrong) {
  test(`refuses ${JSON.stringify(options)}`, () => {
    assert.throws(() => guard(options as GuardOptions), message);
  });
}

test("takes hosts and origins in other spellings", () => {
  const hosts = ["A.b.", "10.0.0.1", "::1", "[fd00::1]"];
  assert.doesNotThrow(() => guard({ hosts, origins: ["*", "HTTPS://A.b:443", "app://x"] }));
});
