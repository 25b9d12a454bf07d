import assert from "node:assert/strict";
import { test } from "node:test";
import { AgproxyError, type ChatEvent, type ChatStream } from "@agproxy/core";
import { type VendorAnswer, startGateway, startVendor } from "@agproxy/core/testing";
import { parts, sse, stop } from "../fixtures/answers.ts";
import { ask, askStream, plainProtocol } from "../fixtures/gateway.ts";
import { translated, user } from "../fixtures/requests.ts";
import { gemini } from "../index.ts";
import { severalAnswers } from "./several-answers.ts";

const messages = [user("hi")];
const model = "gemini-3-flash-preview";
const usageMetadata = { promptTokenCount: 5, candidatesTokenCount: 2, thoughtsTokenCount: 1 };

const streamed = (...payloads: readonly unknown[]): VendorAnswer => ({
  body: Buffer.concat([...sse(...payloads)]).toString(),
});

interface Body {
  readonly generationConfig?: Readonly<Record<string, unknown>>;
}

const asked = (name: string, choices: number) => {
  const { calls, body } = translated(messages, { sampling: { choices } }, name);
  return [calls, body.generationConfig?.candidateCount];
};

test("several answers are asked for in one call where the family allows it", () => {
  assert.deepEqual(asked("gemini-2.5-flash", 3), [1, 3]);
  assert.deepEqual(asked("gemini-2.0-flash", 8), [1, 8]);
  for (const name of [model, "gemini-2.5-flash-image", "gemini-3-pro-image", "somebody-elses"]) {
    assert.deepEqual(asked(name, 3), [3, undefined], name);
    assert.deepEqual(asked(name, 1), [1, undefined], name);
  }
});

test("more than eight answers are refused", () => {
  for (const name of [model, "gemini-2.5-flash"]) {
    assert.throws(() => translated(messages, { sampling: { choices: 9 } }, name), {
      code: "invalid_request",
      param: "n",
    });
  }
});

test("a call for each answer: choices, calls of tools and usage come together", async () => {
  const called = { functionCall: { name: "f", args: {}, id: "same" } };
  await using server = await startVendor(() => ({
    body: {
      candidates: [{ content: { parts: [called] }, finishReason: "STOP" }],
      usageMetadata,
    },
  }));
  const plugin = gemini({ keys: "k", baseUrl: server.url });
  await using gateway = await startGateway({ plugins: [plainProtocol(), plugin] });
  const sampling = { choices: 3, seed: 7, presencePenalty: 1 };
  const { answer, ignored } = await ask(gateway.url, { messages, model, sampling });
  const ids = answer.choices.map(({ content: [part] }) => part?.type === "tool-call" && part.id);
  assert.equal(new Set(ids).size, 3);
  assert.deepEqual(answer.usage, {
    inputTokens: 15,
    outputTokens: 9,
    totalTokens: 24,
    reasoningTokens: 3,
  });
  assert.equal(ignored, "presence_penalty");
  const seeds = server.received.map(
    ({ body }) => (JSON.parse(body) as Body).generationConfig?.seed,
  );
  assert.deepEqual(new Set(seeds), new Set([7, 8, 9]));
});

test("streams of several calls become one, with one end", async () => {
  await using server = await startVendor(() =>
    streamed(parts({ text: "a" }), parts({ text: "b" }), { ...stop, usageMetadata }),
  );
  const plugin = gemini({ keys: "k", baseUrl: server.url });
  await using gateway = await startGateway({ plugins: [plainProtocol(), plugin] });
  const events = await askStream(gateway.url, { messages, model, sampling: { choices: 2 } });
  for (const choice of [0, 1]) {
    const own = events.filter((event) => (event as { choice?: number }).choice === choice);
    assert.deepEqual(own, [
      { type: "text", choice, text: "a" },
      { type: "text", choice, text: "b" },
      { type: "finish", choice, reason: "stop" },
    ]);
  }
  const usage = { inputTokens: 10, outputTokens: 6, totalTokens: 16, reasoningTokens: 2 };
  assert.deepEqual(events.slice(-2), [{ type: "usage", usage }, { type: "end" }]);
});

test("one call that is refused fails the attempt", async () => {
  let calls = 0;
  const said = { candidates: [{ content: { parts: [{ text: "a" }] }, finishReason: "STOP" }] };
  await using server = await startVendor(({ url }) => {
    calls += 1;
    const error = { code: 400, message: "No.", status: "INVALID_ARGUMENT" };
    if (calls === 2) return { status: 400, body: { error } };
    return url.includes("stream") ? streamed(said) : { body: said };
  });
  const plugin = gemini({ keys: "k", baseUrl: server.url });
  await using gateway = await startGateway({ plugins: [plainProtocol(), plugin] });
  for (const stream of [true, false]) {
    calls = 0;
    const sampling = { choices: 3 };
    const { status, answer } = await ask(gateway.url, { messages, model, sampling, stream });
    assert.equal(status, 400);
    assert.equal(answer.message, "No.");
  }
});

const text = (words: string): ChatEvent => ({ type: "text", choice: 0, text: words });
const failure = new AgproxyError("upstream_failed");

/** Says something, then waits until it is aborted. */
async function* endless(signal: AbortSignal): ChatStream & AsyncGenerator<readonly ChatEvent[]> {
  yield [text("begun")];
  await new Promise((_, reject) => {
    const leave = () => reject(new AgproxyError("client_closed_request"));
    if (signal.aborted) leave();
    else signal.addEventListener("abort", leave);
  });
}

test("a call that fails before its first event aborts the others and fails all", async () => {
  const signals: AbortSignal[] = [];
  const opening = severalAnswers(2, new AbortController().signal, async (index, signal) => {
    signals.push(signal);
    if (index === 1) throw failure;
    return endless(signal);
  });
  await assert.rejects(opening, failure);
  assert.ok(signals.every(({ aborted }) => aborted));
});

test("a call that fails later fails the stream, after what was said, and aborts the others", async () => {
  const signals: AbortSignal[] = [];
  const stream = await severalAnswers(2, new AbortController().signal, async (index, signal) => {
    signals.push(signal);
    if (index === 0) return endless(signal);
    return (async function* () {
      yield [];
      yield [text("b")];
      throw failure;
    })();
  });
  const events: ChatEvent[] = [];
  await assert.rejects(async () => {
    for await (const batch of stream) events.push(...batch);
  }, failure);
  assert.deepEqual(events, [text("begun"), { ...text("b"), choice: 1 }]);
  assert.ok(signals.every(({ aborted }) => aborted));
});

test("a reader that leaves aborts every call, and a client that left too", async () => {
  const client = new AbortController();
  const signals: AbortSignal[] = [];
  const open = () =>
    severalAnswers(2, client.signal, async (_, signal) => {
      signals.push(signal);
      return endless(signal);
    });
  for await (const _ of await open()) break;
  assert.ok(signals.every(({ aborted }) => aborted));
  const again = await open();
  client.abort();
  await assert.rejects(
    async () => {
      for await (const _ of again);
    },
    { code: "client_closed_request" },
  );
});

test("streams that are not read on are let go of, whoever failed", async () => {
  const held = new Set<number>();
  const opening = severalAnswers(3, new AbortController().signal, async (index) =>
    (async function* () {
      held.add(index);
      try {
        yield [text("begun")];
        yield [text("more")];
      } finally {
        held.delete(index);
      }
    })(),
  );
  for await (const _ of await opening) break;
  assert.deepEqual([...held], []);
  const refused = severalAnswers(2, new AbortController().signal, async (index) => {
    await Promise.resolve();
    return (async function* () {
      held.add(index);
      try {
        if (index === 1) throw failure;
        yield [text("begun")];
      } finally {
        held.delete(index);
      }
    })();
  });
  await assert.rejects(refused, failure);
  assert.deepEqual([...held], []);
});
