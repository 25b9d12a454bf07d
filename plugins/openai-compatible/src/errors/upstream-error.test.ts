import assert from "node:assert/strict";
import { test } from "node:test";
import { now } from "../fixtures/answers.ts";
import { upstreamError } from "./upstream-error.ts";

const failed = (status: number, body: unknown, headers = {}) =>
  upstreamError({
    status,
    body: typeof body === "string" ? body : JSON.stringify(body),
    headers,
    now,
  });
const error = (fields: object) => ({ error: { message: "Said.", ...fields } });

test("statuses and codes, in the shapes of real servers", () => {
  const table: readonly (readonly [number, unknown, string])[] = [
    // OpenAI
    [401, error({ type: "invalid_request_error", code: "invalid_api_key" }), "account_rejected"],
    [403, error({ code: "unsupported_country_region_territory" }), "account_forbidden"],
    [404, error({ code: "model_not_found" }), "model_not_found"],
    [404, error({ message: "Invalid URL (POST /chat)" }), "upstream_unreadable"],
    [429, error({ code: "rate_limit_exceeded", type: "tokens" }), "rate_limit_exceeded"],
    [429, error({ code: "insufficient_quota" }), "quota_exhausted"],
    [400, error({ code: "context_length_exceeded" }), "context_length_exceeded"],
    [400, error({ code: "content_filter" }), "upstream_rejected"],
    [500, error({ type: "server_error" }), "upstream_failed"],
    [503, error({ message: "That model is currently overloaded" }), "model_overloaded"],
    // llama.cpp
    [
      400,
      error({ code: 400, type: "exceed_context_size_error", n_prompt_tokens: 9, n_ctx: 4 }),
      "context_length_exceeded",
    ],
    [
      503,
      error({ code: 503, message: "Loading model", type: "unavailable_error" }),
      "upstream_unavailable",
    ],
    [
      404,
      error({ code: 404, message: "File Not Found", type: "not_found_error" }),
      "upstream_unreadable",
    ],
    [
      401,
      error({ code: 401, message: "Invalid API Key", type: "authentication_error" }),
      "account_rejected",
    ],
    // Ollama
    [
      404,
      error({ message: 'model "x" not found, try pulling it first', type: "api_error" }),
      "model_not_found",
    ],
    [404, "404 page not found", "upstream_unreadable"],
    // vLLM, before 0.10 and after
    [
      404,
      {
        object: "error",
        message: "The model `x` does not exist.",
        type: "NotFoundError",
        code: 404,
      },
      "model_not_found",
    ],
    [
      400,
      error({
        message: "This model's maximum context length is 4096 tokens.",
        type: "BadRequestError",
        code: 400,
      }),
      "context_length_exceeded",
    ],
    // OpenRouter
    [400, error({ code: 400, message: "x/y is not a valid model ID" }), "model_not_found"],
    [402, error({ code: 402, message: "Insufficient credits" }), "quota_exhausted"],
    [
      403,
      error({ code: 403, metadata: { reasons: ["violence"], flagged_input: "…" } }),
      "upstream_rejected",
    ],
    [502, error({ code: 502, message: "Provider returned error" }), "upstream_failed"],
    [408, error({ code: 408 }), "upstream_timeout"],
    // Mistral, Moonshot, Cloudflare, FastAPI
    [
      422,
      { detail: [{ type: "missing", loc: ["body", "model"], msg: "Field required" }] },
      "upstream_rejected",
    ],
    [429, error({ type: "engine_overloaded_error" }), "model_overloaded"],
    [524, "<html><title>524: A timeout occurred</title></html>", "upstream_timeout"],
    [401, { detail: "Not authenticated" }, "account_rejected"],
    [413, error({}), "upstream_rejected"],
    [302, "", "upstream_unreadable"],
  ];
  for (const [status, body, code] of table) {
    assert.equal(failed(status, body).code, code, `${status} ${JSON.stringify(body)}`);
  }
});

test("words of the prompt in a message speak against no account", () => {
  const quoted = error({ message: "Bad value: 'insufficient_quota invalid_api_key overloaded'" });
  assert.equal(failed(400, quoted).code, "upstream_rejected");
});

test("messages: the server's own, a page's title, a list of faults, the provider's behind OpenRouter", () => {
  assert.equal(
    failed(502, "<html><title>502 Bad Gateway</title></html>").message,
    "502 Bad Gateway",
  );
  assert.equal(failed(500, "").message, "The server answered with status 500.");
  const faults = { detail: [{ loc: ["body", "seed"], msg: "not an integer" }] };
  assert.equal(failed(422, faults).message, "seed: not an integer");
  assert.equal(failed(422, faults).status, 422);
  const raw = JSON.stringify({ error: { message: "too hot" } });
  const wrapped = error({ message: "Provider returned error", metadata: { raw } });
  assert.equal(failed(400, wrapped).message, "Provider returned error: too hot");
});

test("a wait is read from wherever it is told", () => {
  const wait = (headers: object, body: unknown = error({})) =>
    failed(429, body, headers).retryAfter;
  assert.equal(wait({ "retry-after-ms": "1500", "retry-after": "9" }), 1500);
  assert.equal(wait({ "retry-after": "2" }), 2000);
  assert.equal(wait({ "retry-after": "Sun, 22 Nov 2026 12:00:05 GMT" }), 5000);
  const reset = {
    "x-ratelimit-remaining-requests": "0",
    "x-ratelimit-reset-requests": "6m0s",
    "x-ratelimit-remaining-tokens": "900",
    "x-ratelimit-reset-tokens": "20ms",
  };
  assert.equal(wait(reset), 360_000);
  assert.equal(wait({ ...reset, "x-ratelimit-remaining-requests": "3" }), 20);
  assert.equal(wait({ "x-ratelimit-reset": String(now + 7000) }), 7000);
  assert.equal(wait({ "x-ratelimit-reset": String(now / 1000 + 7) }), 7000);
  const repeated = error({ metadata: { headers: { "X-RateLimit-Reset": String(now + 8000) } } });
  assert.equal(wait({}, repeated), 8000);
  assert.equal(wait({}, error({ message: "Please try again in 7.66s." })), 7660);
  assert.equal(wait({}), undefined);
  assert.equal(wait({ "x-ratelimit-reset-tokens": "soon" }), undefined);
  assert.equal(failed(400, error({}), { "retry-after": "2" }).retryAfter, undefined);
  assert.equal(failed(503, error({}), { "retry-after": "2" }).retryAfter, 2000);
});

test("keys are not shown", () => {
  const message = "Incorrect API key provided: my-key, sk-proj-abcdefghijklmnop";
  const { message: shown } = upstreamError({
    status: 401,
    body: { error: { message } },
    now,
    secrets: ["my-key"],
  });
  assert.equal(shown, "Incorrect API key provided: [secret], [secret]");
});

test("texts that take quadratic time to search are bounded", { timeout: 20_000 }, () => {
  const many = 2_000_000;
  assert.equal(failed(500, "<".repeat(many)).code, "upstream_failed");
  for (const word of ["try again in ", "model ", "x", "9"]) {
    const message = word.repeat(many / word.length);
    assert.equal(failed(400, error({ message })).code, "upstream_rejected");
    assert.equal(
      failed(429, error({ message }), { "retry-after": message }).code,
      "rate_limit_exceeded",
    );
  }
});
