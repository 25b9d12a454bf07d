import assert from "node:assert/strict";
import { test } from "node:test";
import { chunk, completion, finish, readDocument, readStream } from "../fixtures/answers.ts";

type Call = readonly [id: string, name: string, args: string];

async function calls(...pieces: readonly (readonly object[])[]): Promise<readonly Call[]> {
  const deltas = pieces.map((tool_calls) => chunk({ tool_calls }));
  const events = await readStream(...deltas, finish("tool_calls"));
  return events.flatMap((event): readonly Call[] =>
    event.type === "tool-call" ? [[event.id, event.name, event.arguments]] : [],
  );
}

const piece = (index: number, args: string) => ({ index, function: { arguments: args } });
const opening = (index: number, id: string, name: string, args = "") => ({
  index,
  id,
  type: "function",
  function: { name, arguments: args },
});

test("OpenAI: parallel calls, each in pieces by its index", async () => {
  assert.deepEqual(
    await calls(
      [opening(0, "a", "f")],
      [piece(0, '{"x":')],
      [opening(1, "b", "g")],
      [piece(1, "{}"), piece(0, "1}")],
    ),
    [
      ["a", "f", '{"x":1}'],
      ["b", "g", "{}"],
    ],
  );
});

test("Ollama: whole calls at once, all with the index 0", async () => {
  assert.deepEqual(
    await calls([opening(0, "a", "f", '{"x":1}')], [opening(0, "b", "f", '{"x":2}')]),
    [
      ["a", "f", '{"x":1}'],
      ["b", "f", '{"x":2}'],
    ],
  );
});

const bare = (id: string | undefined, name: string | undefined, args: string) => ({
  ...(id && { id }),
  function: { ...(name && { name }), arguments: args },
});

test("calls without an index, by id", async () => {
  assert.deepEqual(
    await calls([bare("a", "f", '{"x"')], [bare("b", "g", "{}")], [bare("a", undefined, ":1}")]),
    [
      ["a", "f", '{"x":1}'],
      ["b", "g", "{}"],
    ],
  );
  assert.deepEqual(await calls([bare("a", "f", '{"x"')], [bare(undefined, undefined, ":1}")]), [
    ["a", "f", '{"x":1}'],
  ]);
});

const nameless = (name: string) => ({ index: 0, function: { name, arguments: '{"x":1}' } });

test("calls without ids get one each; with the same id, the second does", async () => {
  assert.deepEqual(await calls([nameless("f")], [nameless("g")]), [
    ["new-1", "f", '{"x":1}'],
    ["new-2", "g", '{"x":1}'],
  ]);
  assert.deepEqual(await calls([opening(0, "a", "f", "{}"), opening(1, "a", "g", "{}")]), [
    ["a", "f", "{}"],
    ["new-1", "g", "{}"],
  ]);
});

test("an id of a form that clients refuse is replaced: Kimi's has a dot and a colon", async () => {
  assert.deepEqual(await calls([opening(0, "functions.f:0", "f", "{}")]), [["new-1", "f", "{}"]]);
});

test("servers that repeat id and name in every piece, or send an empty id", async () => {
  assert.deepEqual(
    await calls(
      [opening(0, "a", "f", '{"x"')],
      [opening(0, "a", "f", ":1}")],
      [opening(0, "a", "f")],
    ),
    [["a", "f", '{"x":1}']],
  );
  assert.deepEqual(await calls([opening(0, "a", "f", '{"x"')], [opening(0, "", "", ":1}")]), [
    ["a", "f", '{"x":1}'],
  ]);
});

const args = (value: unknown) => ({
  index: 0,
  id: "a",
  function: { name: "f", arguments: value },
});

test("arguments as an object, as null, or none", async () => {
  assert.deepEqual(await calls([args({ x: 1 })]), [["a", "f", '{"x":1}']]);
  assert.deepEqual(await calls([args(null)]), [["a", "f", "{}"]]);
  assert.deepEqual(await calls([args("")]), [["a", "f", "{}"]]);
});

test("arguments that are no JSON stay as the model wrote them", async () => {
  assert.deepEqual(await calls([opening(0, "a", "f", '{"x": ')]), [["a", "f", '{"x": ']]);
});

test("the older form with one function", async () => {
  const events = await readStream(
    chunk({ function_call: { name: "f", arguments: "{" } }),
    chunk({ function_call: { arguments: "}" } }),
    finish("function_call"),
  );
  const call = { type: "tool-call", choice: 0, id: "new-1", name: "f", arguments: "{}" };
  assert.deepEqual(events, [call, { type: "finish", choice: 0, reason: "tool-calls" }]);
});

test("a whole answer that says `stop` after calls has called tools", async () => {
  const tool_calls = [{ id: "a", type: "function", function: { name: "f", arguments: "{}" } }];
  const events = await readDocument(completion({ content: null, tool_calls }));
  assert.deepEqual(events.at(-1), { type: "finish", choice: 0, reason: "tool-calls" });
});
