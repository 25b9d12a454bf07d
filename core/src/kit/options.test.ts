import assert from "node:assert/strict";
import { test } from "node:test";
import * as v from "valibot";
import { readOptions } from "./options.ts";

const schema = v.strictObject({
  strategy: v.optional(v.picklist(["first", "second"]), "first"),
  sticky: v.optional(v.boolean(), true),
  attempts: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(10)), 3),
  days: v.optional(v.pipe(v.number(), v.gtValue(0))),
  key: v.optional(v.pipe(v.string(), v.minLength(1))),
  words: v.optional(v.array(v.string())),
  account: v.optional(v.strictObject({ key: v.string() })),
});
const read = (options: unknown) => readOptions("hello", schema, options, "hello({})");

test("defaults are filled in", () => {
  assert.deepEqual(read({}), { strategy: "first", sticky: true, attempts: 3 });
});

test("a number need not be whole unless the schema says so", () => {
  assert.equal(read({ days: 0.5 }).days, 0.5);
});

const faults: readonly (readonly [unknown, string])[] = [
  [
    { strategy: "third" },
    '`strategy` must be one of first, second. Write it like this: hello({ strategy: "first" })',
  ],
  [
    { strategy: "secnd" },
    '`strategy` must be one of first, second; did you mean second? Write it like this: hello({ strategy: "first" })',
  ],
  [
    { sticky: "yes" },
    "`sticky` must be true or false. Write it like this: hello({ sticky: true })",
  ],
  [{ attempts: "x" }, "`attempts` must be a number. Write it like this: hello({ attempts: 3 })"],
  [
    { attempts: 0 },
    "`attempts` must be 1 or more, not 0. Write it like this: hello({ attempts: 3 })",
  ],
  [
    { attempts: 11 },
    "`attempts` must be 10 or less, not 11. Write it like this: hello({ attempts: 3 })",
  ],
  [
    { attempts: 1.5 },
    "`attempts` must be a whole number, not 1.5. Write it like this: hello({ attempts: 3 })",
  ],
  [{ days: "x" }, "`days` must be a number. Write it like this: hello({ days: 1 })"],
  [{ days: 0 }, "`days` must be more than 0, not 0. Write it like this: hello({ days: 1 })"],
  [{ key: 1 }, '`key` must be a text. Write it like this: hello({ key: "…" })'],
  [{ key: "" }, '`key` must not be empty. Write it like this: hello({ key: "…" })'],
  [{ words: "x" }, '`words` must be a list. Write it like this: hello({ words: ["…"] })'],
  [{ words: [1] }, '`words.0` must be a text. Write it like this: hello({ words: ["…"] })'],
  [
    { account: {} },
    '`account.key` is missing. Write it like this: hello({ account: { key: "…" } })',
  ],
  [
    { account: { key: "k", kee: 1 } },
    '`account.kee` is no option; did you mean `key`? Write it like this: hello({ account: { key: "…" } })',
  ],
  [{ atempts: 1 }, "there is no option `atempts`. Did you mean `attempts`?"],
  [
    { colour: 1 },
    "there is no option `colour`. Options are strategy, sticky, attempts, days, key, words, account.",
  ],
  ["x", "`options` must be an object. Write it like this: hello({})"],
];

for (const [options, message] of faults) {
  test(`${JSON.stringify(options)}: ${message}`, () => {
    assert.throws(() => read(options), { message: `hello: ${message}` });
  });
}

test("the example of a plugin is shown where it has the option at fault", () => {
  const example = "hello({ attempts: 7, sticky: false })";
  const message = `hello: \`sticky\` must be true or false. Write it like this: ${example}`;
  assert.throws(() => readOptions("hello", schema, { sticky: 1 }, example), { message });
});
