import assert from "node:assert/strict";
import type { IncomingHttpHeaders } from "node:http";
import { test } from "node:test";
import { presentedKey } from "./admission.ts";

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
