import assert from "node:assert/strict";
import { test } from "node:test";
import { finishDetail, finishReason, finishWord } from "./answer-end.ts";

test("words and numbers say the same", () => {
  assert.equal(finishWord(1), finishWord("STOP"));
  assert.equal(finishWord(2), "MAX_TOKENS");
  assert.equal(finishWord(5), "OTHER");
  assert.equal(finishWord(6), "LANGUAGE");
  assert.equal(finishWord(10), "MALFORMED_FUNCTION_CALL");
  assert.equal(finishWord(99), "99");
});

test("no reason is no finish", () => {
  for (const value of [0, "", null, undefined, "FINISH_REASON_UNSPECIFIED"]) {
    assert.equal(finishWord(value), undefined);
  }
});

test("every kind of reason", () => {
  assert.equal(finishReason("STOP", false), "stop");
  assert.equal(finishReason("STOP", true), "tool-calls");
  assert.equal(finishReason("MAX_TOKENS", true), "length");
  assert.equal(finishReason("IMAGE_RECITATION", false), "content-filter");
  assert.equal(finishReason("UNEXPECTED_TOOL_CALL", true), "malformed-tool-call");
  assert.equal(finishReason("NO_IMAGE", false), "other");
  assert.equal(finishReason("SOMETHING_NEW", false), "other");
  assert.equal(finishReason("toString", false), "other");
});

test("the vendor's words are kept where it did not end as it should", () => {
  assert.equal(finishDetail("STOP", "Finished."), undefined);
  assert.equal(finishDetail("OTHER", undefined), "OTHER");
  assert.equal(
    finishDetail("MALFORMED_FUNCTION_CALL", "print("),
    "MALFORMED_FUNCTION_CALL: print(",
  );
});
