import assert from "node:assert/strict";
import { test } from "node:test";
import { modelMapping, type ModelMappingOptions } from "./index.ts";

const wrong: readonly [what: string, options: unknown, message: RegExp][] = [
  ["an unknown option", { rule: {} }, /no option `rule`/],
  ["rules that are a text", { rules: "gpt-4*" }, /`rules` must be an object/],
  ["a list that is not of pairs", { rules: ["gpt-4*"] }, /`rules` must be an object/],
  ["an empty pattern", { rules: { "": "x" } }, /`rules` has a pattern that is empty/],
  ["an empty model", { rules: { "gpt-4*": " " } }, /`rules\["gpt-4\*"\]` is empty/],
  ["a model that is no text", { rules: { a: 4 } }, /`rules\["a"\]` is not a text/],
  ["white space", { rules: { a: "b " } }, /`rules\["a"\]` has white space/],
  ["a wildcard as a model", { rules: { "a-*": "b-*" } }, /maps to "b-\*"/],
  ["a pattern longer than any name", { rules: { ["x".repeat(201)]: "a" } }, /longer than 200/],
  ["the same wildcard twice", { rules: { "A*": "x", "a*": "y" } }, /"a\*" twice/],
  ["a circle of two", { rules: { a: "b", b: "a" } }, /in a circle: "a" → "b" → "a"/],
  ["a circle in the table", { table: { a: "b", b: "c", c: "a" } }, /`table` goes in a circle/],
  ["an empty default", { default: "" }, /`default` is empty/],
  ["a wildcard as default", { default: "gemini-*" }, /`default` is "gemini-\*"/],
];

for (const [what, options, message] of wrong) {
  test(`refuses ${what}`, () => {
    assert.throws(() => modelMapping(options as ModelMappingOptions), message);
  });
}

test("a rule may keep a name by naming it", () => {
  assert.doesNotThrow(() => modelMapping({ rules: { a: "a", "b-*": "*" } }));
});

test("describes and explains itself", () => {
  const plugin = modelMapping({ rules: { a: "b" }, table: false });
  assert.equal(plugin.describe?.(), "1 own rule, no table");
  assert.match(plugin.explain?.("a") ?? "", /"a" becomes "b"/);
});
