import assert from "node:assert/strict";
import { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import { test } from "node:test";
import type { Protocol } from "../hooks/protocol.ts";
import type { UnservedApi } from "../hooks/route.ts";
import type { Incoming } from "../hooks/stages.ts";
import { newIncoming } from "./gate.ts";
import { createPaths } from "./paths.ts";

const routes = [
  { method: "GET", path: "/healthz" },
  { method: "POST", path: "/v1/talk/turns" },
  { method: "POST", path: "/v1/answers" },
  { method: "GET", path: "/v1/things" },
  { method: "GET", path: "/v1/things/*id" },
  { method: "POST", path: "/v1/things/*id", isShared: true },
  { method: "POST", path: "/v1beta/things/*id", isShared: true },
];

const unserved: readonly UnservedApi[] = [
  {
    name: "the Notes API",
    paths: /^\/v1\/notes(\/|$)/,
    advice: "A plugin for notes would.",
    error: ({ message }) => ({ note: message }),
  },
  { name: "renaming", paths: /^\/v1\/things\/.+:rename$/, method: "POST", advice: "Use names." },
  { name: "everything", paths: /^\/v1\/answers/, advice: "Never said: a route is there." },
];
const notes = {
  means: ({ headers }: Incoming) => headers["notes-version"] !== undefined,
  error: () => "of notes",
};
const paths = createPaths(routes, unserved, [notes]);

function asked(method: string, path: string, headers: Incoming["headers"] = {}): Incoming {
  const message = Object.assign(new IncomingMessage(new Socket()), { method, headers });
  const sender = { address: "127.0.0.1", protocol: "http" } as const;
  const { signal } = new AbortController();
  return newIncoming({ message, sender, path, search: "", signal }, () => {});
}

test("paths whose meaning is plain are served", () => {
  const cases = {
    "/v1/talk/turns": "/v1/talk/turns",
    "/v1/talk/turns/": "/v1/talk/turns",
    "/talk/turns": "/v1/talk/turns",
    "//v1//answers": "/v1/answers",
    "/v1/v1/answers": "/v1/answers",
    "/v1/v1/things/a/b": "/v1/things/a/b",
    "/v1/v1beta/things/a": "/v1beta/things/a",
    "/v1beta/v1/v1/things/a": "/v1/things/a",
    "/v1/v2/things/a": "/v1/v2/things/a",
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
    const incoming = asked("GET", path);
    const wire = paths.errorWireOf(incoming);
    assert.deepEqual(wire?.error?.(error, incoming), { note: error.message });
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
    [],
  );
  assert.equal(served.errorWireOf(asked("POST", "/v1/things/a:rename")), undefined);
});

test("a client of one API is told in its shape wherever no chat's protocol is, also where nothing is", () => {
  const protocol: Protocol = {
    name: "talk",
    decode: () => ({ request: { model: "m", messages: [], stream: false, sampling: {} } }),
    encoder: () => ({ batch: () => "", end: () => "", fail: () => "", whole: () => ({}) }),
    error: () => "of the chat",
  };
  const chat = { method: "POST", path: "/v1/talk/turns", protocol };
  const { errorWireOf } = createPaths([...routes, chat], unserved, [notes]);
  for (const path of ["/v1/things", "/v1/notes/7", "/v1/nothing"]) {
    assert.equal(errorWireOf(asked("GET", path, { "notes-version": "1" })), notes, path);
  }
  assert.equal(errorWireOf(asked("POST", "/v1/talk/turns", { "notes-version": "1" })), protocol);
  assert.equal(errorWireOf(asked("GET", "/v1/nothing")), undefined);
});
