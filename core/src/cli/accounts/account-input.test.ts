import assert from "node:assert/strict";
import { test } from "node:test";
import { accountsIn, wordOptions } from "./account-input.ts";

test("each line is an account: a secret, or an object", () => {
  assert.deepEqual(accountsIn('one\r\n  two\n\n{"key": "three", "label": "3"}\n', "key"), [
    { key: "one" },
    { key: "two" },
    { key: "three", label: "3" },
  ]);
});

test("an object may be written over several lines", () => {
  assert.deepEqual(accountsIn('\n{\n "token": "t"\n}\n', "key"), [{ token: "t" }]);
});

test("nothing is one account without a secret", () => {
  assert.deepEqual(accountsIn("\n", "key"), [{}]);
});

const broken = () => accountsIn('AIza\n{"key": "hidden"', "key");

test("what is no JSON is not quoted", () => {
  assert.throws(broken, { message: "Line 2 of standard input is no JSON." });
});

test("options are pairs; lists and numbers are what they look like", () => {
  const words = ["models=a, b*", "weight=2.5", "label=a=b", "baseUrl=http://x/v1"];
  assert.deepEqual(wordOptions(words, ["key"]), {
    models: ["a", "b*"],
    weight: 2.5,
    label: "a=b",
    baseUrl: "http://x/v1",
  });
});

test("a secret on the command line is refused and not repeated", () => {
  assert.throws(
    () => wordOptions(["key=hidden"], ["key"]),
    (error: Error) => /key is a secret/.test(error.message) && !error.message.includes("hidden"),
  );
  assert.throws(() => wordOptions(["work"], []), /NAME=VALUE/);
});
