import assert from "node:assert/strict";
import { test } from "node:test";
import { textAnswer } from "@agproxy/core/testing";
import { testGateway } from "../fixtures/gateway.ts";
import { refuseOrphanOutputs } from "../state/recalled-items.ts";

const call = { type: "function_call", call_id: "c1", name: "f", arguments: "{}" };
const output = { type: "function_call_output", call_id: "c1", output: "done" };
const user = { role: "user", content: "Go on" };

const refused = (words: string) => ({
  status: 400,
  param: "input[1].call_id",
  message: `No tool call found for ${words} with call_id c2.`,
});

test("an output without its call is refused, with its place", () => {
  const orphan = { ...output, call_id: "c2" };
  assert.throws(() => refuseOrphanOutputs([], [user, orphan]), refused("function call output"));
  assert.throws(
    () => refuseOrphanOutputs([call], [output, orphan]),
    refused("function call output"),
  );
  const custom = { ...orphan, type: "custom_tool_call_output" };
  assert.throws(() => refuseOrphanOutputs([call, output], [user, custom, output]), {
    ...refused("custom tool call output"),
  });
});

const summary = { type: "compaction", encrypted_content: "x" };
const long = `call|${"x".repeat(900)}`;

for (const [title, history, own] of [
  ["after its call", [], [user, call, output]],
  ["before its call", [], [output, call]],
  ["twice", [], [call, output, output]],
  ["to a call of the conversation", [user, call], [output]],
  ["to a call of a kind that is not known", [], [{ type: "hologram_call", call_id: "c1" }, output]],
  ["to a call that has only an item's id", [], [{ type: "shell_call", id: "c1" }, output]],
  ["to a long id", [{ ...call, call_id: long }], [{ ...output, call_id: long }]],
  ["after a compaction", [], [summary, user, output]],
  ["after a compaction of the conversation", [summary], [output]],
  ["that was let through earlier", [output], [user]],
] as const) {
  test(`an output is accepted ${title}`, () => refuseOrphanOutputs(history, own));
}

test("it is refused on every way in, except where a summary or a count is asked for", async () => {
  await using gw = await testGateway(() => textAnswer("A summary."));
  const body = { input: [output], stream: false };
  for (const more of [{}, { stream: true }, { background: true }]) {
    const answer = await gw.post({ ...body, ...more });
    assert.equal(answer.status, 400);
    const { error } = (await answer.json()) as { error: Record<string, unknown> };
    assert.equal(error["param"], "input[0].call_id");
    assert.match(String(error["message"]), /^No tool call found for .* with call_id c1\./);
  }
  assert.equal(gw.sent.length, 0);
  const trigger = { type: "compaction_trigger" };
  assert.equal((await gw.post({ input: [output, trigger] })).status, 200);
  assert.equal((await gw.post(body, "/compact")).status, 200);
  assert.equal((await gw.post(body, "/input_tokens")).status, 200);
});
