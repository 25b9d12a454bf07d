import assert from "node:assert/strict";
import { test } from "node:test";
import { preparePattern } from "./pattern.ts";

const cases: readonly [pattern: string, name: string, fits: boolean][] = [
  ["gpt-4*", "gpt-4", true],
  ["gpt-4*", "gpt-4o-mini", true],
  ["gpt-4*", "xgpt-4", false],
  ["*mini", "gpt-5-mini", true],
  ["*mini", "gpt-5-mini-2025", false],
  ["gpt-5*-mini*", "gpt-5-mini", true],
  ["gpt-5*-mini*", "gpt-5.4-mini-2026", true],
  ["gpt-5*-mini*", "gpt-5mini", false],
  ["a*a", "a", false],
  ["a*a", "aa", true],
  ["ab*ba", "aba", false],
  ["a*b*b", "ab", false],
  ["a*b*b", "abb", true],
  ["*", "", true],
  ["**", "anything", true],
  ["a**b", "a-b", true],
  ["GPT-4*", "gpt-4o", true],
  ["gpt.4*", "gptx4", false],
  ["o1", "o1", true],
  ["o1", "o10", false],
];

for (const [pattern, name, fits] of cases) {
  test(`"${pattern}" ${fits ? "fits" : "does not fit"} "${name}"`, () => {
    assert.equal(preparePattern(pattern).fits(name), fits);
  });
}

test("agrees with a regular expression on every short pattern and name", () => {
  const words = (letters: string, length: number): string[] =>
    length === 0
      ? [""]
      : words(letters, length - 1).flatMap((word) => [
          word,
          ...letters.split("").map((l) => word + l),
        ]);
  const names = [...new Set(words("ab", 4))];
  for (const pattern of new Set(words("ab*", 4))) {
    const reference = new RegExp(`^${pattern.replaceAll("*", ".*")}$`);
    for (const name of names) {
      assert.equal(preparePattern(pattern).fits(name), reference.test(name), `${pattern} ${name}`);
    }
  }
});

test("a pattern of many stars does not go back and forth", () => {
  // With backtracking this would not end in a lifetime.
  assert.equal(preparePattern(`${"*a".repeat(90)}*b`).fits("a".repeat(200)), false);
});

test("counts the characters that are not stars", () => {
  assert.equal(preparePattern("gpt-5*-mini*").literals, 10);
});
