import assert from "node:assert/strict";
import { test } from "node:test";
import { createPaths } from "./paths.ts";

const paths = createPaths([
  { method: "GET", path: "/healthz" },
  { method: "POST", path: "/v1/chat/completions" },
  { method: "POST", path: "/v1/responses" },
  { method: "GET", path: "/v1/models" },
  { method: "GET", path: "/v1/models/*id" },
]);

test("paths whose meaning is plain are served", () => {
  const cases = {
    "/v1/chat/completions": "/v1/chat/completions",
    "/v1/chat/completions/": "/v1/chat/completions",
    "/chat/completions": "/v1/chat/completions",
    "//v1//responses": "/v1/responses",
    "/v1/v1/responses": "/v1/responses",
    "/v1/v1/models/a/b": "/v1/models/a/b",
    "/healthz": "/healthz",
    "/": "/",
    "/HEALTHZ": "/HEALTHZ",
    "/v1/chat/completions/responses": "/v1/chat/completions/responses",
  };
  for (const [asked, served] of Object.entries(cases)) {
    assert.equal(paths.normalise(asked), served, asked);
  }
});

test("a wrong path is told the right base URL", () => {
  const error = paths.missing("POST", "/v1/chat/completions/responses", "127.0.0.1:8045");
  assert.equal(error.status, 404);
  assert.match(error.advice, /http:\/\/127\.0\.0\.1:8045\/v1 /);
});

test("a wrong method is told the right ones", () => {
  const error = paths.missing("GET", "/v1/responses", "h");
  assert.equal(error.status, 405);
  assert.match(error.message, /takes POST, not GET/);
});
