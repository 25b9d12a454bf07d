import assert from "node:assert/strict";
import { test } from "node:test";
import { createPaths } from "./paths.ts";

const routes = [
  { method: "GET", path: "/healthz" },
  { method: "POST", path: "/v1/talk/turns" },
  { method: "POST", path: "/v1/answers" },
  { method: "GET", path: "/v1/things" },
  { method: "GET", path: "/v1/things/*id" },
];

const paths = createPaths(routes, [
  {
    name: "the Notes API",
    paths: /^\/v1\/notes(\/|$)/,
    advice: "A plugin for notes would.",
    error: ({ message }) => ({ note: message }),
  },
  { name: "renaming", paths: /^\/v1\/things\/.+:rename$/, method: "POST", advice: "Use names." },
  { name: "everything", paths: /^\/v1\/answers/, advice: "Never said: a route is there." },
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

test("a path of a known API that is not served is told so, in that API's shape", () => {
  for (const path of ["/v1/notes", "/v1/notes/7", "/notes/7"]) {
    const error = paths.missing("GET", path, "h");
    assert.equal(error.status, 404, path);
    assert.equal(error.code, "not_served", path);
    assert.equal(error.message, `agproxy does not serve the Notes API (GET ${path}).`);
    assert.equal(error.advice, "A plugin for notes would.");
    const wire = paths.errorWireAt("GET", path);
    assert.deepEqual(wire?.error?.(error), { note: error.message });
  }
  assert.equal(paths.missing("GET", "/v1/notes-or-so", "h").code, "route_not_found");
});

test("an unserved method may share a path with served ones; else a route wins", () => {
  assert.equal(paths.missing("POST", "/v1/things/a:rename", "h").code, "not_served");
  assert.equal(paths.missing("DELETE", "/v1/things/a:rename", "h").code, "method_not_allowed");
  assert.equal(paths.missing("GET", "/v1/answers", "h").code, "method_not_allowed");
  const served = createPaths(
    [...routes, { method: "POST", path: "/v1/things/*id" }],
    [{ name: "renaming", paths: /:rename$/, method: "POST", advice: "", error: () => "wrong" }],
  );
  assert.equal(served.errorWireAt("POST", "/v1/things/a:rename"), undefined);
});
