import assert from "node:assert/strict";
import { test } from "node:test";
import { isGreeting, ownWords } from "./own-words.ts";

test("what a client put around the user's words is no word of theirs", () => {
  const cases: Readonly<Record<string, string>> = {
    "say hello": "say hello",
    "<environment_context>\n<cwd>/</cwd>\n</environment_context>": "",
    '<system-reminder>read files</system-reminder>\nlist them <b a="c">now</b>':
      'list them <b a="c">now</b>',
    "# AGENTS.md instructions for /a\n\n<INSTRUCTIONS>\nUse tools.\n</INSTRUCTIONS>": "",
    "<task>say hello</task>\n<environment_details>x</environment_details>":
      "<task>say hello</task>",
    "a <context>b</context> c <context id=1>d</context>": "a  c",
    "<context> without an end": "<context> without an end",
    "<system>\nYou may call Agent.\n</system>": "",
    " spaces stay ": " spaces stay ",
  };
  for (const [text, own] of Object.entries(cases)) assert.equal(ownWords(text), own, text);
});

test("a long text of many tags takes no longer than its length", () => {
  const tags = "<a_context>".repeat(200_000);
  assert.equal(ownWords(tags), tags);
  const rules = "<environment_context></environment_context>";
  assert.equal(ownWords(`#${" ".repeat(1e6)}\nx${rules}`), `#${" ".repeat(1e6)}\nx`);
  const closed = "<a_context></a_context>".repeat(100_000);
  assert.equal(ownWords(closed), "");
});

test("a greeting is known, and nothing else is one", () => {
  for (const text of [
    "hello",
    "Hi!",
    '"say hello"',
    "Please say hello in one word.",
    "hey there",
    "Hello, world!",
    "Good morning",
    "你好！",
  ]) {
    assert.equal(isGreeting(text), true, text);
  }
  for (const text of [
    "hello.txt: read it",
    "Hi, what is the weather in Paris?",
    "high",
    "say it",
  ]) {
    assert.equal(isGreeting(text), false, text);
  }
});
