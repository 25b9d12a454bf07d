import assert from "node:assert/strict";
import { test } from "node:test";
import { judgeOrigin, type OriginVerdict } from "./origin.ts";

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
    assert.equal(judgeOrigin(provenance, new Set(listed)), verdict);
  });
}
