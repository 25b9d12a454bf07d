import assert from "node:assert/strict";
import { test } from "node:test";
import { isBodyAcceptable, judgeOrigin, type OriginVerdict } from "./request-check.ts";

const types: readonly [type: string | undefined, acceptable: boolean][] = [
  ["application/json", true],
  ["Application/JSON; charset=utf-8", true],
  ["application/json;charset=utf-8", true],
  ["application/vnd.api+json; version=1", true],
  [undefined, false],
  ["", false],
  ["text/plain", false],
  ["text/plain; application/json", false],
  ["text/plain;+json", false],
  ["text/json", false],
  ["application/jsonp", false],
  ["application/x-www-form-urlencoded", false],
  ["multipart/form-data; boundary=x", true],
  ["multipart/mixed; boundary=x", false],
  ["application/json, text/plain", false],
];

for (const [type, acceptable] of types) {
  test(`a body of type ${type ?? "unknown"} is ${acceptable ? "taken" : "refused"}`, () => {
    const headers = {
      "content-length": "2",
      ...(type === undefined ? {} : { "content-type": type }),
    };
    for (const method of ["POST", "PUT", "PATCH"]) {
      assert.equal(isBodyAcceptable(method, headers), acceptable);
    }
  });
}

test("a body of unknown length counts, no body needs no type", () => {
  assert.equal(isBodyAcceptable("POST", { "transfer-encoding": "chunked" }), false);
  assert.equal(isBodyAcceptable("POST", { "content-length": "0" }), true);
  assert.equal(isBodyAcceptable("POST", {}), true);
  assert.equal(isBodyAcceptable("GET", { "content-length": "2" }), true);
});

interface Case {
  readonly what: string;
  readonly host?: string;
  readonly origin?: string;
  readonly site?: string;
  readonly listed?: readonly string[];
  readonly verdict: OriginVerdict;
}

const page = "https://chat.example.com";

const cases: readonly Case[] = [
  { what: "a program", verdict: "own" },
  { what: "an address typed in", site: "none", verdict: "own" },
  { what: "an image on another page", site: "cross-site", verdict: "foreign" },
  { what: "an image on a listed page", site: "cross-site", listed: [page], verdict: "foreign" },
  { what: "an image where all may come", site: "cross-site", listed: ["*"], verdict: "own" },
  { what: "another page", origin: "https://evil.example", verdict: "foreign" },
  { what: "a sandboxed frame", origin: "null", verdict: "foreign" },
  {
    what: "a sandboxed frame where all may come",
    origin: "null",
    listed: ["*"],
    verdict: "foreign",
  },
  { what: "an own page", origin: "http://localhost:8045", verdict: "own" },
  { what: "an own page at a default port", host: "a.b", origin: "https://a.b:443", verdict: "own" },
  {
    what: "an own page, other case",
    host: "LOCALHOST:8045",
    origin: "http://localhost:8045",
    verdict: "own",
  },
  { what: "another port", origin: "http://localhost:3000", verdict: "foreign" },
  { what: "another scheme", origin: "ftp://localhost:8045", verdict: "foreign" },
  { what: "no URL", origin: "http://", verdict: "foreign" },
  { what: "two origins", origin: `${page}, http://localhost:8045`, verdict: "foreign" },
  { what: "a listed page", origin: page, listed: [page], verdict: "listed" },
  {
    what: "a listed page's subdomain",
    origin: "https://x.chat.example.com",
    listed: [page],
    verdict: "foreign",
  },
  {
    what: "a listed page's other scheme",
    origin: "http://chat.example.com",
    listed: [page],
    verdict: "foreign",
  },
  { what: "an app's own scheme", origin: "app://Chat", listed: ["app://chat"], verdict: "listed" },
  {
    what: "any page where all may come",
    origin: "https://evil.example",
    listed: ["*"],
    verdict: "listed",
  },
];

for (const { what, host = "localhost:8045", origin, site, listed = [], verdict } of cases) {
  test(`${what} is ${verdict}`, () => {
    const provenance = { host, origin, fetchSite: site };
    assert.equal(judgeOrigin({ protocol: "http", ...provenance }, new Set(listed)), verdict);
  });
}

test("a page of plain HTTP is no page of a gateway that is asked by TLS", () => {
  const host = "gateway.test";
  const none: ReadonlySet<string> = new Set();
  for (const [protocol, origin, verdict] of [
    ["https", "http://gateway.test", "foreign"],
    ["https", "https://gateway.test", "own"],
    ["http", "http://gateway.test", "own"],
    // A proxy with TLS that nobody has named.
    ["http", "https://gateway.test", "own"],
  ] as const) {
    const page = { host, protocol, origin, fetchSite: undefined };
    assert.equal(judgeOrigin(page, none), verdict, `${origin} by ${protocol}`);
  }
});
