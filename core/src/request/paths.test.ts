import assert from "node:assert/strict";
import { test } from "node:test";
import { createPaths } from "./paths.ts";

const paths = createPaths([
  { method: "GET", path: "/healthz" },
  { method: "POST", path: "/v1/talk/turns" },
  { method: "POST", path: "/v1/answers" },
  { method: "GET", path: "/v1/things" },
  { method: "GET", path: "/v1/things/*id" },
]);

test("paths whose meaning is plain are served", () => {
  const cases = {
    "/v1/talk/turns": "/v1/talk/turns",
    "/v1/talk/turns/": "/v1/talk/turns",
    "/talk/turns": "/v1/talk/turns",
    "//v1//answers": "/v1/answers",
    "/v1/v1/answers": "/v1/answers",
    "/v1/v1/things/a/b": "/v1/things/a/b",
    "/healthz": "/healthz",
    "/": "/",
    "/HEALTHZ": "/HEALTHZ",
    "/v1/talk/turns/answers": "/v1/talk/turns/answers",
  };
  for (const [asked, served] of Object.entries(cases)) {
    assert.equal(paths.normalise(asked), served, asked);
  }
});

test("a wrong path is told the right base URL", () => {
  const error = paths.missing("POST", "/v1/talk/turns/answers", "127.0.0.1:8045");
  assert.equal(error.status, 404);
  assert.match(error.advice, /http:\/\/127\.0\.0\.1:8045\/v1 /);
});

test("a wrong method is told the right ones", () => {
  const error = paths.missing("GET", "/v1/answers", "h");
  assert.equal(error.status, 405);
  assert.match(error.message, /takes POST, not GET/);
});
