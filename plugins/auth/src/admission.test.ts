import assert from "node:assert/strict";
import type { IncomingHttpHeaders } from "node:http";
import { test } from "node:test";
import type { ServerSettings } from "@agproxy/core";
import { type EffectiveMode, effectiveMode, presentedKey } from "./admission.ts";
import type { Mode } from "./options.ts";

const cases: readonly [what: string, headers: IncomingHttpHeaders, key: string | undefined][] = [
  ["nothing", {}, undefined],
  ["Bearer", { authorization: "Bearer abc" }, "abc"],
  ["bearer in any case, any space", { authorization: "bEaReR   abc " }, "abc"],
  ["a bare key", { authorization: "abc" }, "abc"],
  ["Bearer without a key is a wrong key", { authorization: "Bearer" }, "Bearer"],
  ["another scheme is a wrong key", { authorization: "Basic abc", "x-api-key": "k" }, "Basic abc"],
  ["x-api-key", { "x-api-key": "abc" }, "abc"],
  ["x-goog-api-key", { "x-goog-api-key": "abc" }, "abc"],
  ["Authorization first", { authorization: "Bearer a", "x-api-key": "b" }, "a"],
  ["x-api-key before x-goog-api-key", { "x-api-key": "b", "x-goog-api-key": "c" }, "b"],
  ["an empty header is not there", { authorization: " ", "x-api-key": "b" }, "b"],
  ["two values are no key", { "x-api-key": ["a", "b"] }, "a, b"],
];

for (const [what, headers, key] of cases) {
  test(what, () => assert.equal(presentedKey(headers), key));
}

const modeCases: readonly [mode: Mode, host: string, lan: boolean, effective: EffectiveMode][] = [
  ["auto", "127.0.0.1", false, "off"],
  ["auto", "localhost", false, "off"],
  ["auto", "::1", false, "off"],
  ["auto", "127.0.0.1", true, "all_except_health"],
  ["auto", "0.0.0.0", false, "all_except_health"],
  ["auto", "::", false, "all_except_health"],
  ["auto", "192.168.1.2", false, "all_except_health"],
  ["auto", "127.example.com", false, "all_except_health"],
  ["off", "0.0.0.0", true, "off"],
  ["strict", "127.0.0.1", false, "strict"],
  ["all_except_health", "127.0.0.1", false, "all_except_health"],
];

for (const [mode, host, allowLanAccess, effective] of modeCases) {
  test(`${mode} on ${host}${allowLanAccess ? " with LAN access" : ""} is ${effective}`, () => {
    const server: ServerSettings = {
      host,
      port: 0,
      allowLanAccess,
      bodyLimit: 0,
      accountHeader: true,
      store: "memory",
      timeouts: { connect: 0, firstByte: 0, idle: 0, request: 0 },
      limits: { connections: 0, requests: 0, bodyBytes: 0, backgroundRuns: 0, sockets: 0 },
      drain: 0,
      logLevel: "silent",
      trustProxy: [],
    };
    assert.equal(effectiveMode(mode, server), effective);
  });
}
