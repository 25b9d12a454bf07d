import assert from "node:assert/strict";
import { test } from "node:test";
import type { Message, Part } from "@agproxy/core";
import { assistant, body, call, result, system, user } from "../fixtures/requests.ts";

const contents = (...messages: readonly Message[]) => body(messages).contents;
const functionCall = (id: string, name = "f") => ({ functionCall: { id, name, args: {} } });
const response = (id: string, value: object, name = "f") => ({
  functionResponse: { id, name, response: value },
});

test("leading instructions are the system's, in order; later ones are marked", () => {
  const developer: Message = { role: "developer", content: [{ type: "text", text: "two" }] };
  const made = body([system("one"), developer, user("Hi"), system("three"), assistant("Yes")]);
  assert.deepEqual(made.systemInstruction, { parts: [{ text: "one" }, { text: "two" }] });
  assert.deepEqual(made.contents, [
    { role: "user", parts: [{ text: "Hi" }, { text: "<system>\nthree\n</system>" }] },
    { role: "model", parts: [{ text: "Yes" }] },
  ]);
});

test("instructions alone are what is to be answered", () => {
  const made = body([system("Say hi.")]);
  assert.deepEqual(made.contents, [{ role: "user", parts: [{ text: "Say hi." }] }]);
  assert.equal(made.systemInstruction, undefined);
});

test("models without room for instructions get them first", () => {
  const made = body([system("S"), user("U")], {}, "gemma-3-27b-it");
  assert.deepEqual(made.contents, [{ role: "user", parts: [{ text: "S" }, { text: "U" }] }]);
  assert.equal(made.systemInstruction, undefined);
});

test("neighbours of one role become one content", () => {
  assert.deepEqual(contents(user("a"), user("b"), assistant("c"), assistant("d"), user("e")), [
    { role: "user", parts: [{ text: "a" }, { text: "b" }] },
    { role: "model", parts: [{ text: "c" }, { text: "d" }] },
    { role: "user", parts: [{ text: "e" }] },
  ]);
});

test("nothing is sent for what is empty, and something for nothing at all", () => {
  assert.deepEqual(contents(user("a", ""), assistant(""), assistant("  "), user()), [
    { role: "user", parts: [{ text: "a" }] },
  ]);
  assert.deepEqual(contents(user(" ")), [{ role: "user", parts: [{ text: " " }] }]);
});

test("blanks beside words are left as they are", () => {
  assert.deepEqual(contents(user("a", "\n", "b"))[0]?.parts, [
    { text: "a" },
    { text: "\n" },
    { text: "b" },
  ]);
});

test("results are one content, in the order of the calls", () => {
  const made = contents(
    user("go"),
    assistant("ok", call("1"), call("2", "g")),
    result("2", '{"a":1}'),
    result("1", "plain"),
    user("and?"),
  );
  assert.deepEqual(made, [
    { role: "user", parts: [{ text: "go" }] },
    { role: "model", parts: [{ text: "ok" }, functionCall("1"), functionCall("2", "g")] },
    { role: "user", parts: [response("1", { result: "plain" }), response("2", { a: 1 }, "g")] },
    { role: "user", parts: [{ text: "and?" }] },
  ]);
});

test("calls in two messages of the model are one step", () => {
  const made = contents(
    user("go"),
    assistant(call("1")),
    assistant(call("2")),
    result("1", "a"),
    result("2", "b"),
  );
  assert.deepEqual(made[1]?.parts, [functionCall("1"), functionCall("2")]);
  assert.deepEqual(made[2]?.parts, [
    response("1", { result: "a" }),
    response("2", { result: "b" }),
  ]);
});

test("a missing result is an error result; a result without its call is marked text", () => {
  const made = contents(user("go"), assistant(call("1")), result("x", "lost"));
  assert.deepEqual(made.slice(2), [
    { role: "user", parts: [response("1", { error: "The tool returned no result." })] },
    { role: "user", parts: [{ text: '<tool_result call_id="x">\nlost\n</tool_result>' }] },
  ]);
});

test("a second result for a call, and one that comes a turn late, are not lost", () => {
  const made = contents(
    user("go"),
    assistant(call("1")),
    result("1", "a"),
    result("1", "b"),
    assistant("so"),
    result("1", "c"),
  );
  assert.deepEqual(made[2]?.parts, [response("1", { result: "a" })]);
  assert.match(made[3]?.parts[0]?.text ?? "", /\nb\n/);
  assert.match(made[5]?.parts[0]?.text ?? "", /\nc\n/);
});

const responseTo = (words: string, isError: boolean) =>
  contents(user("go"), assistant(call("1")), result("1", words, isError))[2]?.parts[0];

test("failed results say so, and numbers too long for a double stay text", () => {
  assert.deepEqual(responseTo("boom", true), response("1", { error: "boom" }));
  assert.deepEqual(responseTo('{"code":7}', true), response("1", { error: { code: 7 } }));
  const long = '{"id":12345678901234567890}';
  assert.deepEqual(responseTo(long, false), response("1", { result: long }));
  assert.deepEqual(responseTo("[1]", false), response("1", { result: "[1]" }));
});

test("pictures of a result follow in a content of their own", () => {
  const picture: Part = {
    type: "tool-result",
    callId: "1",
    content: [{ type: "media", media: "image", source: { kind: "data", data: "iVBORx" } }],
  };
  const made = contents(user("go"), assistant(call("1")), { role: "tool", content: [picture] });
  assert.deepEqual(made.slice(2), [
    { role: "user", parts: [response("1", { result: "1 media part(s) follow." })] },
    {
      role: "user",
      parts: [
        { text: "Media returned by f:" },
        { inlineData: { mimeType: "image/png", data: "iVBORx" } },
      ],
    },
  ]);
});

const argsSent = (value: string) =>
  contents(user("go"), assistant({ type: "tool-call", id: "1", name: "f", arguments: value }))[1]
    ?.parts[0]?.functionCall?.args;

test("arguments that are no object go back as they were", () => {
  assert.deepEqual(argsSent('{"a":[1]}'), { a: [1] });
  assert.deepEqual(argsSent(""), {});
  assert.deepEqual(argsSent('{"a":'), { _raw: '{"a":' });
  assert.deepEqual(argsSent("[1]"), { _raw: "[1]" });
});

test("a conversation that begins with a call gets a user's turn before it", () => {
  const made = contents(assistant(call("1")), result("1", "a"));
  assert.deepEqual(
    made.map(({ role }) => role),
    ["user", "model", "user"],
  );
});

const lastText = (model: string) =>
  body([user("a"), assistant("b")], {}, model).contents.at(-1)?.parts[0]?.text;

test("models that refuse to go on with their own words get a user's turn after them", () => {
  assert.equal(lastText("gemini-3.6-flash"), "Continue.");
  assert.equal(lastText("gemini-3.5-flash-lite"), "Continue.");
  assert.equal(lastText("models/gemini-4-pro"), "Continue.");
  assert.equal(lastText("gemini-3.5-flash"), "b");
  assert.equal(lastText("gemini-2.5-pro"), "b");
});
