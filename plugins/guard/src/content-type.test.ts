import assert from "node:assert/strict";
import { test } from "node:test";
import { isBodyAcceptable } from "./content-type.ts";

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
