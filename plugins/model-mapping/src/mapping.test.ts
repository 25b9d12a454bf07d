import assert from "node:assert/strict";
import { test } from "node:test";
import { defaultTable } from "./default-table.ts";
import { explain } from "./explanation.ts";
import { createMapping } from "./mapping.ts";
import { readRules, type RuleInput } from "./rule.ts";

function mapping(own: RuleInput, table: RuleInput = {}, fallback?: string) {
  return createMapping({
    own: readRules(own, "rules", "your rules"),
    table: readRules(table, "table", "the default table"),
    fallback,
  });
}

test("exact comes before wildcard, the most specific wildcard before others, then the default", () => {
  const { resolve } = mapping(
    { "gpt-*": "a", "gpt-4*": "b", "*-mini": "c", "gpt-4o": "d" },
    {},
    "z",
  );
  assert.equal(resolve("gpt-4o"), "d");
  assert.equal(resolve("gpt-4o-mini"), "b");
  assert.equal(resolve("gpt-9"), "a");
  assert.equal(resolve("phi-mini"), "c");
  assert.equal(resolve("llama"), "z");
});

test("of two equally specific wildcards the first written decides, in both forms of rules", () => {
  assert.equal(mapping({ "gpt-*": "a", "*-max": "b", "*-pro": "c" }).resolve("gpt-max"), "a");
  const pairs: RuleInput = [
    ["*-max", "b"],
    ["gpt-*", "a"],
  ];
  assert.equal(mapping(pairs).resolve("gpt-max"), "b");
});

test("the user's wildcard beats the table's exact rule", () => {
  const { resolve } = mapping({ "*": "mine" }, { "gpt-4o": "theirs" });
  assert.equal(resolve("gpt-4o"), "mine");
});

test("letter for letter comes first, then case is ignored", () => {
  const { resolve } = mapping({ "GPT-4o": "upper", "gpt-4o": "lower", "Claude-*": "c" });
  assert.equal(resolve("GPT-4o"), "upper");
  assert.equal(resolve("gpt-4o"), "lower");
  assert.equal(resolve("Gpt-4O"), "upper");
  assert.equal(resolve("CLAUDE-x"), "c");
});

test("no rule, or a rule that keeps the name, leaves it to others", () => {
  const { resolve } = mapping({ "my-*": "*" }, {}, "z");
  assert.equal(resolve("my-model"), undefined);
  assert.equal(mapping({}).resolve("anything"), undefined);
  assert.equal(mapping({ "*": "a" }).resolve("x".repeat(201)), undefined);
});

test("a name is mapped once: rules do not chain", () => {
  assert.equal(mapping({ a: "b", b: "c" }).resolve("a"), "b");
});

test("names that are no rule, such as those of object methods, are only names", () => {
  assert.equal(mapping({}, {}, undefined).resolve("constructor"), undefined);
  assert.equal(mapping({}, {}, "z").resolve("__proto__"), "z");
});

test("thousands of different names do not change the answers", () => {
  const { resolve } = mapping({ "gpt-*": "a", "gpt-1*": "b" });
  for (let index = 0; index < 3000; index += 1) {
    assert.equal(resolve(`gpt-${index}`), String(index).startsWith("1") ? "b" : "a");
  }
  assert.equal(resolve("gpt-0"), "a");
});

const promises: readonly [name: string, model: string | undefined][] = [
  ["gpt-4o", "gemini-2.5-flash"],
  ["gpt-4o-mini", "gemini-2.5-flash"],
  ["gpt-4o-2024-08-06", "gemini-2.5-flash"],
  ["gpt-4-turbo", "gemini-2.5-flash"],
  ["gpt-4.1-nano", "gemini-2.5-flash"],
  ["gpt-3.5-turbo-16k", "gemini-2.5-flash"],
  ["gpt-5", "gemini-3.1-pro-preview"],
  ["gpt-5.1-codex-max", "gemini-3.1-pro-preview"],
  ["gpt-5.1-codex-mini", "gemini-3.6-flash"],
  ["gpt-5.4-nano", "gemini-3.5-flash-lite"],
  ["gpt-5.6-mini", "gemini-3.6-flash"],
  ["gpt-6-sol", "gemini-3.1-pro-preview"],
  ["codex-mini-latest", "gemini-3.6-flash"],
  ["o3-pro", "gemini-3.1-pro-preview"],
  ["o4-mini-high", "gemini-3.6-flash"],
  ["claude-opus-4-8", "gemini-3.1-pro-preview"],
  ["claude-sonnet-4-5-20250929", "gemini-3.6-flash"],
  ["claude-3-5-haiku-latest", "gemini-3.6-flash"],
  ["chatgpt-4o-latest", "gemini-2.5-flash"],
  ["gpt-image-1", "gemini-3.1-flash-image"],
  ["chatgpt-image-latest", "gemini-3.1-flash-image"],
  ["dall-e-3", "gemini-3.1-flash-image"],
  ["text-embedding-3-small", "gemini-embedding-001"],
  ["whisper-1", "gemini-3.6-flash"],
  ["gpt-4o-transcribe", "gemini-3.6-flash"],
  ["gpt-4o-transcribe-diarize", "gemini-3.6-flash"],
  ["gpt-4o-mini-transcribe-2025-12-15", "gemini-3.5-flash-lite"],
  ["tts-1", "gemini-3.8-flash-lite-tts"],
  ["tts-1-hd-1106", "gemini-3.8-flash-tts"],
  ["gpt-4o-mini-tts", "gemini-3.8-flash-tts"],
  ["gemini-2.5-pro", undefined],
  ["llama-4", undefined],
];

for (const [name, model] of promises) {
  test(`the default table: ${name} → ${model ?? "as it is"}`, () => {
    assert.equal(mapping({}, defaultTable).resolve(name), model);
  });
}

test("a default does not catch Gemini's own names", () => {
  assert.equal(mapping({}, defaultTable, "z").resolve("gemini-3-flash"), undefined);
});

test("an explanation names the rule that resolve follows", () => {
  const all = mapping({ "gpt-4o": "x", "o*": "y" }, defaultTable, "z");
  for (const name of [...promises.map(([one]) => one), "GPT-4O", "o1", "nothing"]) {
    const { model, rule, why } = explain(all, name);
    assert.equal(model, all.resolve(name) ?? name);
    assert.equal(rule === undefined, all.matching(name).length === 0);
    assert.ok(why.includes(`"${name}"`) && why.includes(model));
  }
});

test("an explanation says why the other rules lost", () => {
  const { why } = explain(
    mapping({ "gpt-*": "x", "*-4o": "y" }, { "gpt-4o": "z", "gp*": "w" }),
    "gpt-4o",
  );
  assert.equal(
    why,
    '"gpt-4o" becomes "x": "gpt-*" of your rules decides. It also fits ' +
      '"*-4o" of your rules (it is less specific), ' +
      '"gpt-4o" of the default table (your own rules come first), ' +
      '"gp*" of the default table (your own rules come first).',
  );
});

test("an explanation of a name without a rule", () => {
  assert.equal(explain(mapping({}), "x").why, 'No rule fits "x", so it stays as it is.');
  assert.match(explain(mapping({}, {}, "z"), "x").why, /"x" becomes "z".*default/);
  assert.match(explain(mapping({ "*": "a" }), "x".repeat(300)).why, /never mapped/);
});
