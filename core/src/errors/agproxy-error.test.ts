import assert from "node:assert/strict";
import { test } from "node:test";
import { AgproxyError, createError } from "./agproxy-error.ts";

const entry = {
  status: 403,
  type: "permission_error",
  text: "The office is closed.",
  advice: "Come back tomorrow.",
} as const;
const OfficeHours = createError("office_hours", entry);

test("an error of a plugin's own has its code and all that belongs to it", () => {
  const error = new OfficeHours();
  assert.ok(error instanceof AgproxyError && error instanceof OfficeHours);
  const { code, status, type, message, advice, definition } = error;
  assert.deepEqual({ status, type, text: message, advice }, entry);
  assert.deepEqual(definition, { code, ...entry });
  assert.equal(code, "office_hours");
  assert.equal(AgproxyError.from(error), error);
});

test("it says more where the thrower knows more", () => {
  const error = new OfficeHours("Closed for repairs.", { retryAfter: 1000, advice: "Wait." });
  assert.equal(error.message, "Closed for repairs.");
  assert.deepEqual([error.retryAfter, error.advice], [1000, "Wait."]);
});
