import assert from "node:assert/strict";
import { test } from "node:test";
import { costBy } from "./prices.ts";

const million = { inputTokens: 1e6, outputTokens: 1e6, totalTokens: 2e6 };

test("the pattern with most letters beside its stars counts, in any order and in either case", () => {
  const cost = costBy({
    "*": { input: 1, output: 1 },
    "Turtle-2.5-pro*": { input: 3, output: 3 },
    "turtle-*": { input: 2, output: 2 },
  });
  assert.equal(cost("turtle-2.5-PRO-preview", million), 6e6);
  assert.equal(cost("turtle-2.5-flash", million), 4e6);
  assert.equal(cost("llama", million), 2e6);
});

test("a model without a price has none, also not 0", () => {
  assert.equal(costBy({ "turtle-*": { input: 0, output: 0 } })("llama", million), undefined);
  assert.equal(costBy({ "turtle-*": { input: 0, output: 0 } })("turtle-x", million), 0);
});

test("cached input has its own price, or that of other input", () => {
  const usage = { ...million, cachedTokens: 900_000 };
  assert.equal(costBy({ "*": { input: 2, cached: 0.2, output: 0 } })("m", usage), 380_000);
  assert.equal(costBy({ "*": { input: 2, output: 0 } })("m", usage), 2_000_000);
});

test("a model has one price, however its name is written", () => {
  const cost = costBy({ "big*": { input: 10, output: 10 }, "*": { input: 1, output: 1 } });
  const usage = { inputTokens: 1, outputTokens: 0, totalTokens: 1 };
  for (const name of ["big-1", " Big-1", "models/big-1", "work/models/big-1", "vendor/big-1"]) {
    assert.equal(cost(name, usage), 10, name);
  }
  assert.equal(cost("small", usage), 1);
});
