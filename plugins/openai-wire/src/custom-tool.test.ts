import assert from "node:assert/strict";
import { test } from "node:test";
import { Fields } from "@agproxy/core";
import {
  customArguments,
  customDescription,
  customInput,
  customParameters,
} from "./custom-tool.ts";

const described = (custom: object) => customDescription(Fields.of(custom, "tools[0]"));

test("a custom tool is a function of one string that must be there", () => {
  assert.equal(customParameters["type"], "object");
  assert.deepEqual(Object.keys(Object(customParameters["properties"])), ["input"]);
  assert.deepEqual(customParameters["required"], ["input"]);
});

test("the model is told the client's words, then the grammar", () => {
  const grammar = { syntax: "lark", definition: "start: WORD" };
  const told = "The input must follow this lark grammar:\nstart: WORD";
  // Chat completions nest the grammar, the Responses API writes it flat.
  for (const format of [
    { type: "grammar", grammar },
    { type: "grammar", ...grammar },
  ]) {
    assert.equal(described({ name: "f", description: "Edits.", format }), `Edits.\n\n${told}`);
    assert.equal(described({ name: "f", format }), told);
  }
});

test("a grammar without a known syntax is told without its name", () => {
  const format = { type: "grammar", definition: "a" };
  assert.equal(described({ format }), "The input must follow this grammar:\na");
});

test("without words and without a grammar nothing is told", () => {
  for (const custom of [{}, { description: null }, { format: { type: "text" } }, { format: 5 }]) {
    assert.equal(described(custom), undefined);
  }
});

test("a description that is no text is the client's mistake", () => {
  assert.throws(() => described({ description: 5 }), { code: "invalid_request" });
});

test("free text goes to the model as arguments and comes back as it was", () => {
  for (const input of ["", "ls -l", 'say "hi"\n', '{"input":"nested"}', "臺北 🍵"]) {
    assert.equal(customInput(customArguments(input)), input);
  }
});

test("arguments of another shape are the input itself", () => {
  for (const text of ["not json", "", "null", '"text"', "[1]", "{}", '{"input":5}']) {
    assert.equal(customInput(text), text);
  }
});
