import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { AgproxyError, definePlugin } from "@agproxy/core";
import { type Script, scriptedUpstream, startGateway, textAnswer } from "@agproxy/core/testing";
import { assertEventOrder } from "./fixtures/event-order.ts";
import { testEncoder, text as written, wireEvents } from "./fixtures/streams.ts";
import { responses } from "./index.ts";

async function gateway(script: Script, options?: Parameters<typeof responses>[0]) {
  const upstream = scriptedUpstream(script);
  const running = await startGateway({ plugins: [responses(options), upstream.plugin] });
  const post = (body: object) =>
    fetch(`${running.url}/v1/responses`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ model: "m", input: "Hi", ...body }),
    });
  return {
    post,
    sent: upstream.sent,
    log: running.log,
    [Symbol.asyncDispose]: () => running.close(),
  };
}

test("instructions and a string get a complete response, with choices", async () => {
  await using gw = await gateway(() => textAnswer("Hello you"));
  const answer = await gw.post({ instructions: "Be brief.", store: true, metadata: { a: "b" } });
  assert.equal(answer.headers.get("x-agproxy-ignored"), null);
  const body = (await answer.json()) as Record<string, unknown>;
  const [item] = body["output"] as { content: { text: string }[] }[];
  assert.equal(item?.content[0]?.text, "Hello you");
  assert.equal(body["status"], "completed");
  assert.equal(body["instructions"], "Be brief.");
  assert.equal(body["store"], true);
  assert.deepEqual(body["metadata"], { a: "b" });
  assert.deepEqual(body["choices"], [
    { index: 0, message: { role: "assistant", content: "Hello you" }, finish_reason: "stop" },
  ]);
  assert.ok(Number(body["completed_at"]) >= Number(body["created_at"]));
  assert.equal(gw.sent[0]?.request.messages.length, 2);
});

test("choices can be left out", async () => {
  await using gw = await gateway(() => textAnswer("Hello"), { choices: false });
  const body = (await (await gw.post({})).json()) as object;
  assert.equal("choices" in body, false);
});

test("a stream has every event in order and ends in [DONE]", async () => {
  await using gw = await gateway(() => textAnswer("Hello you there"));
  const answer = await gw.post({ stream: true });
  assert.match(answer.headers.get("content-type") ?? "", /^text\/event-stream/);
  const text = await answer.text();
  assert.ok(text.endsWith("data: [DONE]\n\n"));
  const response = assertEventOrder(wireEvents(text));
  assert.equal((response["usage"] as { total_tokens: number }).total_tokens, 6);
});

test("a failure that shows only at the end of a stream is one to the core too", async () => {
  const outcomes: unknown[] = [];
  const watch = definePlugin({
    name: "watch",
    apply: ({ hooks }) =>
      hooks.done.tap("watch", ({ outcome, error }) => void outcomes.push([outcome, error?.code])),
  });
  const upstream = scriptedUpstream(() => [[{ type: "finish", choice: 0, reason: "other" }]]);
  const plugins = [watch, responses(), upstream.plugin];
  await using gw = await startGateway({ plugins });
  for (const input of ["Hi", [{ role: "user", content: "Hi" }, { type: "compaction_trigger" }]]) {
    const answer = await fetch(`${gw.url}/v1/responses`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ model: "m", input, stream: true }),
    });
    const events = wireEvents(await answer.text());
    assert.deepEqual(
      events.slice(-2).map(({ type }) => type),
      ["error", "response.failed"],
    );
  }
  assert.deepEqual(outcomes, [
    ["failed", "upstream_failed"],
    ["failed", "upstream_failed"],
  ]);
});

test("a stream that breaks off ends in a failed response", async () => {
  await using gw = await gateway(function* () {
    yield [{ type: "text", choice: 0, text: "Hel" }];
    throw new AgproxyError("upstream_cut");
  });
  const response = assertEventOrder(wireEvents(await (await gw.post({ stream: true })).text()));
  assert.equal((response["error"] as { code: string }).code, "server_error");
});

test("a failure before the first event is an HTTP error, streamed or not", async () => {
  await using gw = await gateway(() => {
    throw new AgproxyError("context_length_exceeded", "Too long");
  });
  for (const stream of [true, false]) {
    const answer = await gw.post({ stream });
    assert.equal(answer.status, 400);
    assert.deepEqual(await answer.json(), {
      error: {
        message: "Too long. Shorten the conversation or choose a model with a larger window.",
        type: "invalid_request_error",
        param: null,
        code: "context_length_exceeded",
      },
    });
  }
});

test("a wrong field is a 400 that names it", async () => {
  await using gw = await gateway(() => textAnswer("unused"));
  const answer = await gw.post({ input: [{ role: "user", content: 5 }] });
  assert.equal(answer.status, 400);
  const { error } = (await answer.json()) as { error: { param: string } };
  assert.equal(error.param, "input[0].content");
  assert.equal(gw.sent.length, 0);
});

test("a signature comes back with the next request, streamed and not", async () => {
  const call = {
    type: "tool-call",
    choice: 0,
    id: "call_1",
    name: "agents__spawn",
    arguments: "{}",
    signature: "c2ln",
  } as const;
  const script: Script = ({ messages }) =>
    messages.some(({ role }) => role === "tool")
      ? textAnswer("Done")
      : [[call], [{ type: "finish", choice: 0, reason: "tool-calls" }]];
  await using gw = await gateway(script);
  const tools = [
    { type: "namespace", name: "agents", tools: [{ type: "function", name: "spawn" }] },
  ];
  for (const stream of [true, false]) {
    const first = await (await gw.post({ stream, tools })).text();
    const response = stream ? assertEventOrder(wireEvents(first)) : (JSON.parse(first) as object);
    const { output } = response as { output: Record<string, unknown>[] };
    assert.equal(output[1]?.["namespace"], "agents");
    const result = { type: "function_call_output", call_id: "call_1", output: "ok" };
    const second = await gw.post({ stream: false, tools, input: [...output, result] });
    assert.equal(second.status, 200);
    const { choice: _, ...part } = call;
    assert.deepEqual(gw.sent.at(-1)?.request.messages[0]?.content, [part]);
  }
});

test("a coding agent's request passes, and its header names what was left out", async () => {
  await using gw = await gateway(() => textAnswer("Fine"));
  const body = new URL("./fixtures/codex-turn.json", import.meta.url);
  const answer = await gw.post(JSON.parse(readFileSync(body, "utf8")) as object);
  assert.equal(
    answer.headers.get("x-agproxy-ignored"),
    "input.reasoning.encrypted_content, text.verbosity",
  );
  const response = assertEventOrder(wireEvents(await answer.text()));
  assert.equal(response["model"], "gpt-5.5");
});

test("an option of another type stops the start", () => {
  const wrong = JSON.parse('{"choices":"yes"}') as object;
  assert.throws(() => responses(wrong), /`choices` must be true or false/);
});

test("a stream that is silent repeats a known event, with the next number", () => {
  const encoder = testEncoder();
  assert.equal(encoder.idle(), "", "nothing before the first event");
  const begun = encoder.batch([{ type: "text", choice: 0, text: "Hel" }]);
  const sign = encoder.idle();
  const rest =
    encoder.batch([{ type: "finish", choice: 0, reason: "stop" }]) + written(encoder.end());
  const [event, ...others] = wireEvents(sign);
  assert.deepEqual([event?.type, others.length], ["response.in_progress", 0]);
  const numbers = wireEvents(begun + sign + rest).map(({ sequence_number }) => sequence_number);
  assert.deepEqual(
    numbers,
    numbers.map((_, index) => index),
  );
});

test("a response that is too large to keep says so, and is answered all the same", async () => {
  await using gw = await gateway(() => textAnswer("Hello"), { keepBytes: 100 });
  const body = (await (await gw.post({})).json()) as Record<string, unknown>;
  assert.deepEqual([body["status"], body["store"]], ["completed", false]);
});

const signedAnswer: Script = () => [
  [
    { type: "text", choice: 0, text: "ok", signature: "c2ln" },
    { type: "finish", choice: 0, reason: "stop" },
  ],
];

test("signatures outlive a restart where the secret is set", async () => {
  const secret = "a secret of sixteen letters";
  let output: object[] = [];
  {
    await using gw = await gateway(signedAnswer, { secret });
    ({ output } = (await (await gw.post({})).json()) as { output: object[] });
  }
  for (const [options, signature] of [
    [{ secret }, "c2ln"],
    [{}, undefined],
  ] as const) {
    await using gw = await gateway(signedAnswer, options);
    await gw.post({ input: output });
    assert.equal(gw.sent[0]?.request.messages[0]?.content[0]?.signature, signature);
  }
});

const changed = (token: string) => {
  const other = token[5] === "x" ? "y" : "x";
  return `agp2.${other}${token.slice(6)}`;
};

test("a changed token is left out and named, and fails nothing", async () => {
  await using gw = await gateway(signedAnswer);
  const { output } = (await (await gw.post({})).json()) as { output: Record<string, unknown>[] };
  const input = output.map((item) =>
    item["type"] === "reasoning"
      ? { ...item, encrypted_content: changed(String(item["encrypted_content"])) }
      : item,
  );
  const answer = await gw.post({ input: [...input, { role: "user", content: "More" }] });
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get("x-agproxy-ignored"), "input.reasoning.encrypted_content");
  assert.deepEqual(gw.sent.at(-1)!.request.messages[0]?.content, [{ type: "text", text: "ok" }]);
  assert.deepEqual(gw.log.find(({ msg }) => msg?.includes("ignored fields"))?.["ignored"], [
    "input.reasoning.encrypted_content",
  ]);
});

test("an empty answer that ends for the vendor's own reason is asked of the next account", async () => {
  const upstream = scriptedUpstream(
    () => [[{ type: "finish", choice: 0, reason: "other", detail: "OTHER" }]],
    () => textAnswer("good"),
  );
  const again = definePlugin({
    name: "again",
    apply: ({ hooks }) => hooks.attemptFailed.tap("again", () => ({ retry: "next account" })),
  });
  await using gw = await startGateway({ plugins: [again, responses(), upstream.plugin] });
  const answer = await fetch(`${gw.url}/v1/responses`, {
    method: "POST",
    body: JSON.stringify({ model: "m", input: "Hi" }),
  });
  assert.equal(answer.status, 200);
  assert.match(await answer.text(), /"text":"good"/);
});
