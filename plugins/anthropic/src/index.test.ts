import assert from "node:assert/strict";
import { test } from "node:test";
import { AgproxyError, definePlugin, isObject } from "@agproxy/core";
import { type OpenGateway, openGateway, scriptedUpstream, textAnswer } from "@agproxy/core/testing";
import { anthropic } from "./index.ts";

const hello = { model: "m", max_tokens: 10, messages: [{ role: "user", content: "Hi" }] };
const version = { "anthropic-version": "2023-06-01" };

const listed = definePlugin({
  name: "listed",
  apply({ hooks }) {
    hooks.listModels.tap("listed", () =>
      ["a", "b/c", "d"].map((id) => ({ id, ownedBy: "us", created: 86_400, contextWindow: 1000 })),
    );
  },
});

async function open(script = scriptedUpstream(() => textAnswer("hello"))): Promise<OpenGateway> {
  return openGateway({ plugins: [anthropic(), listed, script.plugin], logLevel: "silent" });
}

async function get(gateway: OpenGateway, path: string) {
  const { status, json } = await gateway.inject({ method: "GET", path, headers: version });
  return { status, body: isObject(json) ? json : {} };
}

test("a message, and the request's id where the SDKs look for it", async () => {
  await using gateway = await open();
  const { status, json, headers } = await gateway.inject({ path: "/v1/messages", body: hello });
  assert.equal(status, 200);
  assert.ok(isObject(json));
  assert.deepEqual(json["content"], [{ type: "text", text: "hello" }]);
  assert.equal(headers.get("request-id"), headers.get("x-request-id"));
});

test("what cannot be honoured is named, by fields and by betas", async () => {
  await using gateway = await open();
  const { headers } = await gateway.inject({
    path: "/v1/messages",
    headers: { "anthropic-beta": "effort-2025-11-24,time-travel-2030-01-01" },
    body: { ...hello, container: "c" },
  });
  assert.equal(
    headers.get("x-agproxy-ignored"),
    "container, anthropic-beta.time-travel-2030-01-01",
  );
});

test("tokens are estimated, and a header says so", async () => {
  await using gateway = await open();
  const count = async (messages: readonly object[]) => {
    const { json, headers } = await gateway.inject({
      path: "/v1/messages/count_tokens",
      body: { model: "m", messages },
    });
    assert.equal(headers.get("x-agproxy-estimated"), "input_tokens");
    return isObject(json) ? Number(json["input_tokens"]) : 0;
  };
  const short = await count([{ role: "user", content: "Hi" }]);
  assert.ok(short > 0 && (await count([{ role: "user", content: "Hi there, you" }])) > short);
});

test("models in pages, and one by its name", async () => {
  await using gateway = await open();
  const first = await get(gateway, "/v1/models?limit=2");
  const { data, ...page } = first.body;
  assert.deepEqual(page, { has_more: true, first_id: "a", last_id: "b/c" });
  assert.ok(Array.isArray(data) && data.length === 2);
  assert.deepEqual(data[0], {
    type: "model",
    id: "a",
    display_name: "a",
    created_at: "1970-01-02T00:00:00.000Z",
    max_input_tokens: 1000,
    max_tokens: null,
    capabilities: null,
    deprecated_at: null,
    lifecycle: "active",
    line: null,
    retires_at: null,
  });
  const next = await get(gateway, "/v1/models?limit=2&after_id=b%2Fc");
  assert.deepEqual([next.body["first_id"], next.body["has_more"]], ["d", false]);
  const back = await get(gateway, "/v1/models?limit=1&before_id=d");
  assert.deepEqual([back.body["first_id"], back.body["has_more"]], ["b/c", true]);
  assert.equal((await get(gateway, "/v1/models/b/c")).body["id"], "b/c");
  for (const [path, status] of [
    ["/v1/models/none", 404],
    ["/v1/models?limit=0", 400],
    ["/v1/models?after_id=none", 400],
  ] as const) {
    const wrong = await get(gateway, path);
    assert.equal(wrong.status, status, path);
    assert.equal(wrong.body["type"], "error", path);
  }
});

test("errors have the API's types and statuses", async () => {
  for (const [code, status, type] of [
    ["invalid_request", 400, "invalid_request_error"],
    ["context_length_exceeded", 400, "invalid_request_error"],
    ["account_forbidden", 403, "permission_error"],
    ["model_not_found", 404, "not_found_error"],
    ["body_too_large", 413, "request_too_large"],
    ["rate_limit_exceeded", 429, "rate_limit_error"],
    ["upstream_failed", 502, "api_error"],
    ["upstream_unavailable", 503, "api_error"],
    ["upstream_timeout", 504, "timeout_error"],
    ["model_overloaded", 529, "overloaded_error"],
    ["overloaded", 529, "overloaded_error"],
  ] as const) {
    const fails = scriptedUpstream(() => {
      throw new AgproxyError(code);
    });
    await using gateway = await open(fails);
    const {
      json,
      status: told,
      headers,
    } = await gateway.inject({
      path: "/v1/messages",
      body: hello,
    });
    const error = isObject(json) && isObject(json["error"]) ? json["error"] : {};
    assert.deepEqual([told, error["type"]], [status, type], code);
    assert.equal(isObject(json) && json["request_id"], headers.get("request-id"));
  }
});

test("a secret of one's own keeps signatures valid, and must be long", async () => {
  assert.throws(() => anthropic({ secret: "short" }), /at least 16 characters/);
  const upstream = scriptedUpstream(() => [
    [
      { type: "tool-call", choice: 0, id: "c1", name: "f", arguments: "{}", signature: "s" },
      { type: "finish", choice: 0, reason: "tool-calls" },
    ],
  ]);
  const secret = "a-secret-of-the-tests";
  const ask = async (messages: readonly object[]) => {
    await using gateway = await openGateway({ plugins: [anthropic({ secret }), upstream.plugin] });
    const body = { ...hello, thinking: { type: "adaptive" }, messages };
    const { json } = await gateway.inject({ path: "/v1/messages", body });
    return isObject(json) ? json["content"] : undefined;
  };
  const content = await ask(hello.messages);
  await ask([...hello.messages, { role: "assistant", content }]);
  const [part] = upstream.sent[1]?.request.messages[1]?.content ?? [];
  assert.deepEqual([part?.type, part?.signature], ["tool-call", "s"]);
});
