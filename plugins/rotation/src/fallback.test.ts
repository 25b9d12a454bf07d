import assert from "node:assert/strict";
import { test } from "node:test";
import { fallbackChains } from "./fallback.ts";

test("a chain is walked to its end, whatever the spelling", () => {
  const next = fallbackChains({ "models/Large": ["middle", "small"] });
  assert.equal(next("large", "large"), "middle");
  assert.equal(next("large", "Middle"), "small");
  assert.equal(next("large", "small"), undefined);
});

test("a model without a chain has no next one, nor has one that a plugin chose", () => {
  const next = fallbackChains({ large: ["small"] });
  assert.equal(next("other", "other"), undefined);
  assert.equal(next("large", "chosen elsewhere"), undefined);
  assert.equal(fallbackChains({})("large", "large"), undefined);
});
