import assert from "node:assert/strict";
import { test } from "node:test";
import type { ServerSettings } from "@agproxy/core";
import { type EffectiveMode, effectiveMode, type Mode } from "./mode.ts";

const cases: readonly [mode: Mode, host: string, lan: boolean, effective: EffectiveMode][] = [
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

for (const [mode, host, allowLanAccess, effective] of cases) {
  test(`${mode} on ${host}${allowLanAccess ? " with LAN access" : ""} is ${effective}`, () => {
    const server: ServerSettings = {
      host,
      port: 0,
      allowLanAccess,
      bodyLimit: 0,
      accountHeader: true,
      store: "memory",
      timeouts: { connect: 0, firstByte: 0, idle: 0 },
      drain: 0,
      logLevel: "silent",
    };
    assert.equal(effectiveMode(mode, server), effective);
  });
}
