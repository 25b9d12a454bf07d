import assert from "node:assert/strict";
import { test } from "node:test";
import { AgproxyError, type ChatEvent, type ChatRequest } from "@agproxy/core";
import { testGateway } from "./fixtures/gateway.ts";
import { withoutForeign } from "./issuer.ts";

const call: ChatEvent = {
  type: "tool-call",
  choice: 0,
  id: "c1",
  name: "f",
  arguments: "{}",
  signature: "c2ln",
};

const request = {
  model: "m",
  stream: false,
  sampling: {},
  messages: [
    { role: "user", content: [{ type: "text", text: "Hi" }] },
    {
      role: "assistant",
      content: [
        { type: "reasoning", text: "", signature: "theirs" },
        { type: "tool-call", id: "c1", name: "f", arguments: "{}", signature: "theirs" },
        { type: "text", text: "ok", signature: "ours" },
      ],
    },
    { role: "assistant", content: [{ type: "text", text: "", signature: "theirs" }] },
  ],
} as const satisfies ChatRequest;

test("what somebody else signed goes without the signature, or goes", () => {
  const issued = new Map([
    ["ours", "us"],
    ["theirs", "them"],
  ]);
  assert.deepEqual(withoutForeign(request, issued, "us").messages, [
    request.messages[0],
    {
      role: "assistant",
      content: [
        { type: "tool-call", id: "c1", name: "f", arguments: "{}" },
        request.messages[1].content[2],
      ],
    },
  ]);
});

test("a request whose signatures are all one's own, or of nobody known, stays as it is", () => {
  assert.equal(withoutForeign(request, new Map([["ours", "us"]]), "us"), request);
  assert.equal(withoutForeign(request, new Map(), "us"), request);
});

test("a conversation that changes the model's family leaves its signatures behind", async () => {
  await using gw = await testGateway(() => [[call, { type: "finish", choice: 0, reason: "stop" }]]);
  const first = await gw.post({ model: "gemini-2.5-pro" });
  const { output } = (await first.json()) as { output: object[] };
  const input = [...output, { type: "function_call_output", call_id: "c1", output: "ok" }];
  const signatures = { "gemini-2.5-flash": "c2ln", "gemini-3-pro": undefined };
  for (const [model, signature] of Object.entries(signatures)) {
    const answer = await gw.post({ model, input });
    assert.equal(answer.status, 200);
    const part = gw.sent.at(-1)!.request.messages[0]?.content[0];
    assert.equal(part?.type, "tool-call");
    assert.equal(part.signature, signature, model);
  }
});

test("a changed token is left out and named, and fails nothing", async () => {
  await using gw = await testGateway(() => [
    [
      { type: "text", choice: 0, text: "ok", signature: "c2ln" },
      { type: "finish", choice: 0, reason: "stop" },
    ],
  ]);
  const { output } = (await (await gw.post({})).json()) as { output: Record<string, unknown>[] };
  const input = output.map((item) =>
    item["type"] === "reasoning"
      ? { ...item, encrypted_content: `agp1.x${String(item["encrypted_content"]).slice(6)}` }
      : item,
  );
  const answer = await gw.post({ input: [...input, { role: "user", content: "More" }] });
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get("x-agproxy-ignored"), "input.reasoning.encrypted_content");
  assert.deepEqual(gw.sent.at(-1)!.request.messages[0]?.content, [{ type: "text", text: "ok" }]);
  assert.deepEqual(gw.log.find(({ msg }) => msg?.includes("not honoured"))?.["ignored"], [
    "input.reasoning.encrypted_content",
  ]);
});

test("a signature that the upstream refuses is left out at a second try, on the same account", async () => {
  await using gw = await testGateway(({ messages }) => {
    if (messages.some(({ content }) => content.some(({ signature }) => signature !== undefined))) {
      throw new AgproxyError("upstream_rejected", "Thought signature is not valid.");
    }
    return [[call, { type: "finish", choice: 0, reason: "stop" }]];
  });
  const { output } = (await (await gw.post({})).json()) as { output: object[] };
  const input = [...output, { type: "function_call_output", call_id: "c1", output: "ok" }];
  assert.equal((await gw.post({ input })).status, 200);
  const signatures = gw.sent.map(({ request }) => request.messages[0]?.content[0]?.signature);
  assert.deepEqual(signatures, [undefined, "c2ln", undefined]);
});
