import assert from "node:assert/strict";
import { test } from "node:test";
import type { Message, Part } from "@agproxy/core";
import { assistant, body, call, result, user } from "../fixtures/requests.ts";
import { signatureMarks, standInSignature } from "./signature-marks.ts";
import { withToolHistoryAsText } from "../request/tool-history-text.ts";

const picture: Part = {
  type: "tool-result",
  callId: "1",
  content: [
    { type: "text", text: "seen" },
    { type: "media", media: "image", source: { kind: "data", data: "iVBORx" } },
  ],
};

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

test("a mark names its issuer, and only that one takes it off", () => {
  const api = signatureMarks(() => "api", "models/gemini-3-pro-preview");
  const marked = api.mark("c2ln+/=");
  assert.match(marked, /^ag1\.[\w-]{8}\.c2ln\+\/=$/);
  assert.equal(api.unmark(marked), "c2ln+/=");
  assert.equal(signatureMarks(() => "api", "gemini-3-flash-preview").unmark(marked), "c2ln+/=");
  assert.equal(signatureMarks(() => "api", "gemini-2.5-pro").unmark(marked), undefined);
  assert.equal(signatureMarks(() => "other", "gemini-3-pro-preview").unmark(marked), undefined);
  assert.equal(api.unmark("ag1.broken"), undefined);
});

test("a signature without a mark is taken as it is, and a stand-in for none", () => {
  const { unmark } = signatureMarks(() => "api", "gemini-3-pro-preview");
  assert.equal(unmark("cmF3"), "cmF3");
  assert.equal(unmark(standInSignature), undefined);
});

test("a foreign signature is none: the part stays, the stand-in comes where it must", () => {
  const foreign = signatureMarks(() => "api", "gemini-2.5-pro").mark("OLD");
  const { unmark } = signatureMarks(() => "api", "gemini-3-pro-preview");
  const messages = [
    user("go"),
    assistant(
      { type: "reasoning", text: "hm", signature: foreign },
      { type: "text", text: "", signature: foreign },
      { type: "text", text: "so", signature: foreign },
      call("1", "f", foreign),
    ),
    result("1", "a"),
  ];
  const { contents } = body(messages, {}, "gemini-3-pro-preview", { unmark });
  assert.deepEqual(contents[1]?.parts, [
    { text: "so" },
    { functionCall: { id: "1", name: "f", args: {} }, thoughtSignature: standInSignature },
  ]);
});

test("a marked signature that was kept here is taken off its mark too", () => {
  const { mark, unmark } = signatureMarks(() => "api", "gemini-3-pro-preview");
  const known = new Map([["1", mark("K")]]);
  const { contents } = body(loop, {}, "gemini-3-pro-preview", { unmark, signatures: known });
  assert.equal(contents[1]?.parts[0]?.thoughtSignature, "K");
});

test("a history as text loses nothing", () => {
  const history = [
    user("go"),
    assistant("I look.", call("1", "find", "S"), { type: "code", language: "python", code: "1+1" }),
    { role: "tool", content: [picture] } as const,
    result("2", "lost", true),
  ];
  const request = { model: "m", stream: false, sampling: {}, messages: history };
  const text = withToolHistoryAsText(request);
  assert.ok(text);
  const { contents } = body(text.messages, {}, "gemini-3-pro-preview");
  assert.deepEqual(contents.slice(1), [
    {
      role: "model",
      parts: [
        { text: "I look." },
        { text: '<tool_call id="1" name="find">\n{}\n</tool_call>' },
        { text: '<executed_code language="python">\n1+1\n</executed_code>' },
      ],
    },
    {
      role: "user",
      parts: [
        { text: '<tool_result call_id="1" name="find">\nseen\n</tool_result>' },
        { inlineData: { mimeType: "image/png", data: "iVBORx" } },
        { text: '<tool_result call_id="2" error="true">\nlost\n</tool_result>' },
      ],
    },
  ]);
  assert.equal(withToolHistoryAsText({ ...request, messages: [user("go")] }), undefined);
});
