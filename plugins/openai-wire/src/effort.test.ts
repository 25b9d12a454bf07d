import assert from "node:assert/strict";
import { test } from "node:test";
import { Fields } from "@agproxy/core";
import { readEffort } from "./effort.ts";

const read = (effort: unknown) => readEffort(Fields.of({ effort }, "reasoning"), "effort");

test("every word for effort; those beyond the vocabulary mean its end", () => {
  for (const word of ["none", "minimal", "low", "medium", "high", "xhigh"]) {
    assert.equal(read(word), word);
  }
  for (const word of ["max", "ultra"]) assert.equal(read(word), "xhigh");
});

test("nothing, null and an empty word ask for none in particular", () => {
  for (const nothing of [undefined, null, ""]) assert.equal(read(nothing), undefined);
});

test("an unknown word is refused by its path, with the words there are", () => {
  assert.throws(() => read("LOW"), {
    code: "invalid_request",
    message: /^`reasoning\.effort` must be one of none, minimal, low, .*ultra\.$/,
  });
  assert.throws(() => read(3), { code: "invalid_request" });
});
