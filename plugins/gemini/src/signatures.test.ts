import assert from "node:assert/strict";
import { test } from "node:test";
import type { Message, Part } from "agproxy";
import { assistant, body, call, result, user } from "./fixtures/requests.ts";
import { standInSignature } from "./stand-in-signatures.ts";

const loop = [user("go"), assistant(call("1"), call("2")), result("1", "a"), result("2", "b")];

function signatures(
  messages: readonly Message[],
  model: string,
  known = new Map<string, string>(),
) {
  const { contents } = body(messages, {}, model, { signatures: known });
  const parts = contents.flatMap((content) => content.parts);
  return parts.filter((part) => part.functionCall).map((part) => part.thoughtSignature);
}

test("a signature goes back on exactly the part that had it", () => {
  const parts: readonly Part[] = [
    { type: "reasoning", text: "unsigned" },
    { type: "reasoning", text: "hm", signature: "A" },
    { type: "text", text: "", signature: "B" },
    call("1"),
    call("2", "f", "C"),
  ];
  const made = body([user("go"), assistant(...parts)], {}, "gemini-2.5-pro");
  assert.deepEqual(made.contents[1]?.parts, [
    { text: "hm", thought: true, thoughtSignature: "A" },
    { text: "", thoughtSignature: "B" },
    { functionCall: { id: "1", name: "f", args: {} } },
    { functionCall: { id: "2", name: "f", args: {} }, thoughtSignature: "C" },
  ]);
});

test("the stand-in is on the first call of a step without one, and only for models that take it", () => {
  assert.deepEqual(signatures(loop, "gemini-3-pro-preview"), [standInSignature, undefined]);
  assert.deepEqual(signatures(loop, "gemini-2.5-pro"), [undefined, undefined]);
  assert.deepEqual(signatures(loop, "claude-sonnet-4-5"), [undefined, undefined]);
});

test("steps of earlier turns get none", () => {
  const later = [...loop, assistant("done"), user("again"), assistant(call("3")), result("3", "c")];
  const expected = [undefined, undefined, standInSignature];
  assert.deepEqual(signatures(later, "gemini-3-pro-preview"), expected);
});

test("a known signature comes before the stand-in", () => {
  const known = new Map([["1", "K"]]);
  assert.deepEqual(signatures(loop, "gemini-3-pro-preview", known), ["K", undefined]);
});

test("the field that compatible clients send back is a signature too", () => {
  const extended: Part = { ...call("1"), extensions: { google: { thought_signature: "E" } } };
  assert.deepEqual(signatures([user("go"), assistant(extended)], "gemini-3-pro-preview"), ["E"]);
});
