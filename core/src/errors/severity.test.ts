import assert from "node:assert/strict";
import { test } from "node:test";
import { AgproxyError, type ErrorCode } from "@agproxy/core";
import { severityOf } from "./severity.ts";

test("failures are told louder than the mistakes of clients", () => {
  const levels: readonly (readonly [ErrorCode, string])[] = [
    ["invalid_request", "info"],
    ["invalid_api_key", "info"],
    ["client_closed_request", "info"],
    ["rate_limit_exceeded", "warn"],
    ["pool_exhausted", "warn"],
    ["shutting_down", "warn"],
    ["upstream_failed", "error"],
    ["internal_error", "error"],
  ];
  for (const [code, level] of levels) assert.equal(severityOf(new AgproxyError(code)), level, code);
});
