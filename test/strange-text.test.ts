/** The promise: a text that was cut within an emoji reaches the vendor as text that every JSON parser reads. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { answerWell, geminiServer } from "./support/gemini-server.ts";
import { poolGateway } from "./support/pool-gateway.ts";

const half = "\ud83d";
const call = {
  id: "call_1",
  type: "function",
  function: { name: "note", arguments: JSON.stringify({ [`key ${half}`]: `value ${half}` }) },
};
const chat = {
  model: "gemini-2.5-flash-lite",
  messages: [
    { role: "system", content: `Be brief ${half}` },
    { role: "user", content: [{ type: "text", text: `cut here: ${half}` }] },
    { role: "assistant", content: null, tool_calls: [call] },
    { role: "tool", tool_call_id: "call_1", content: `result ${half}` },
  ],
  stop: [`stop ${half}`],
  tools: [
    {
      type: "function",
      function: {
        name: "note",
        description: half,
        parameters: {
          type: "object",
          properties: { [half]: { type: "string", enum: [`one ${half}`] } },
        },
      },
    },
  ],
  google: { labels: { [half]: half } },
};

test("halves of surrogate pairs are U+FFFD wherever they stood", async () => {
  await using upstream = await geminiServer(answerWell);
  await using gateway = await poolGateway(upstream.url);
  const response = await fetch(`${gateway.url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(chat),
  });
  assert.equal(response.status, 200, await response.text());
  const sent = JSON.stringify(upstream.calls[0]?.body);
  assert.doesNotMatch(sent, /\\ud[89a-f]/);
  for (const text of ["Be brief", "cut here:", "key", "value", "result", "stop", "one"]) {
    assert.ok(sent.includes(`${text} \uFFFD`), text);
  }
});
