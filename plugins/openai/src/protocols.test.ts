import assert from "node:assert/strict";
import { test } from "node:test";
import { AgproxyError, type ChatEvent, definePlugin } from "@agproxy/core";
import {
  readSseText,
  scriptedUpstream,
  startGateway,
  textAnswer,
  type Script,
} from "@agproxy/core/testing";
import { openai } from "./index.ts";

async function post(path: string, body: object, script: Script): Promise<Response> {
  const upstream = scriptedUpstream(script);
  const gateway = await startGateway({ plugins: [openai(), upstream.plugin] });
  try {
    const response = await fetch(gateway.url + path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    return new Response(text, response);
  } finally {
    await gateway.close();
  }
}

const chat = { model: "m", messages: [{ role: "user", content: "hi" }] };

test("a chat, whole", async () => {
  const response = await post("/v1/chat/completions", { ...chat, logit_bias: { 1: 2 } }, () =>
    textAnswer("Hello there"),
  );
  assert.equal(response.headers.get("x-agproxy-ignored"), "logit_bias");
  const body = (await response.json()) as Record<string, unknown>;
  assert.equal(body["model"], "m");
  assert.match(String(body["id"]), /^chatcmpl-/);
  assert.match(JSON.stringify(body["choices"]), /"content":"Hello there"/);
});

test("a chat, streamed, ends in [DONE]", async () => {
  const response = await post("/v1/chat/completions", { ...chat, stream: true }, () =>
    textAnswer("Hello there"),
  );
  assert.match(response.headers.get("content-type") ?? "", /^text\/event-stream/);
  const events = readSseText(await response.text());
  assert.equal(events.at(-1)?.data, "[DONE]");
  assert.equal(events.length, 4);
});

test("a completion, whole and streamed", async () => {
  const body = { model: "m", prompt: "One", echo: true };
  const whole = await post("/v1/completions", body, () => textAnswer(" two"));
  assert.match(await whole.text(), /"text":"One two"/);
  const streamed = await post("/v1/completions", { ...body, stream: true }, () =>
    textAnswer(" two"),
  );
  assert.match(await streamed.text(), /"text":"One /);
});

for (const stream of [false, true]) {
  test(`an upstream that ends without content is an error, stream: ${stream}`, async () => {
    const end: ChatEvent = { type: "finish", choice: 0, reason: "other", detail: "NO_IMAGE" };
    const response = await post("/v1/chat/completions", { ...chat, stream }, () => [[end]]);
    assert.equal(response.status, 502);
    assert.match(await response.text(), /NO_IMAGE/);
  });
}

test("an upstream that dies in the middle ends in an error frame without [DONE]", async () => {
  const response = await post("/v1/chat/completions", { ...chat, stream: true }, function* () {
    yield [{ type: "text", choice: 0, text: "half" }];
    throw new Error("gone");
  });
  const events = readSseText(await response.text()).map(({ data }) => data);
  assert.equal(events.length, 2);
  assert.match(events[1] ?? "", /^\{"error":\{"message":/);
});

test("a wrong field is a 400 in the API's own form", async () => {
  const response = await post("/v1/chat/completions", { ...chat, temperature: "hot" }, () => []);
  assert.equal(response.status, 400);
  const { error } = (await response.json()) as { error: Record<string, unknown> };
  assert.equal(error["param"], "temperature");
  assert.equal(error["type"], "invalid_request_error");
});

const batch = { model: "m", prompt: ["one", "two", "three"] };

/** Answers a prompt with its own text. */
const parrot: Script = ({ messages }) => {
  const [part] = messages[0]?.content ?? [];
  return textAnswer(`>${part?.type === "text" ? part.text : ""}`);
};

test("several prompts are several exchanges and one answer", async () => {
  const response = await post("/v1/completions", { ...batch, echo: true, suffix: "x" }, parrot);
  assert.equal(response.headers.get("x-agproxy-ignored"), "suffix");
  const { choices, usage } = (await response.json()) as Completion;
  assert.deepEqual(
    choices.map(({ index, text, finish_reason }) => [index, text, finish_reason]),
    [
      [0, "one>one", "stop"],
      [1, "two>two", "stop"],
      [2, "three>three", "stop"],
    ],
  );
  const single = await post("/v1/completions", { ...batch, prompt: "one" }, parrot);
  const one = (await single.json()) as Completion;
  assert.equal(usage.total_tokens, 3 * one.usage.total_tokens);
});

interface Completion {
  readonly choices: readonly {
    readonly index: number;
    readonly text: string;
    readonly finish_reason: string | null;
  }[];
  readonly usage: { readonly total_tokens: number };
}

test("several prompts, streamed", async () => {
  const stream_options = { include_usage: true };
  const body = { ...batch, stream: true, stream_options };
  const response = await post("/v1/completions", body, parrot);
  const frames = readSseText(await response.text()).map(({ data }) => data);
  assert.equal(frames.at(-1), "[DONE]");
  const chunks = frames
    .slice(0, -1)
    .map((frame) => JSON.parse(frame) as Completion & { id: string });
  assert.equal(new Set(chunks.map(({ id }) => id)).size, 1);
  const said = ["", "", ""];
  for (const { index, text } of chunks.flatMap(({ choices }) => choices)) said[index] += text;
  assert.deepEqual(said, [">one", ">two", ">three"]);
  const finished = chunks.flatMap(({ choices }) => choices.map((choice) => choice.finish_reason));
  assert.equal(finished.filter((reason) => reason === "stop").length, 3);
  assert.deepEqual(chunks.at(-1)?.choices, []);
});

const limitedAtTwo: Script = (request, attempt) => {
  if (JSON.stringify(request.messages).includes("two")) {
    throw new AgproxyError("rate_limit_exceeded", undefined, { retryAfter: 7000 });
  }
  return parrot(request, attempt);
};

for (const stream of [false, true]) {
  test(`a prompt that fails fails the request, stream ${stream}`, async () => {
    const response = await post("/v1/completions", { ...batch, stream }, limitedAtTwo);
    const text = await response.text();
    if (stream && response.status === 200) {
      // Another prompt had said something already.
      assert.ok(!text.includes("[DONE]"));
      assert.match(text, /rate_limit/);
    } else {
      assert.equal(response.status, 429);
      assert.ok(response.headers.has("retry-after"));
    }
  });
}

test("a silent stream of several prompts is kept alive", async (context) => {
  context.mock.timers.enable({ apis: ["setInterval"] });
  const gate = Promise.withResolvers<void>();
  const upstream = scriptedUpstream(async function* () {
    yield [{ type: "text", choice: 0, text: "x" }];
    await gate.promise;
    yield [{ type: "finish", choice: 0, reason: "stop" }];
  });
  await using gateway = await startGateway({ plugins: [openai(), upstream.plugin] });
  const response = await fetch(`${gateway.url}/v1/completions`, {
    method: "POST",
    body: JSON.stringify({ ...batch, stream: true }),
  });
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  const until = async (isThere: () => boolean) => {
    while (!isThere()) {
      const { done, value } = await reader.read();
      if (done) break;
      text += value;
    }
  };
  const count = (what: string) => text.split(what).length - 1;
  await until(() => count('"text":"x"') === 3);
  context.mock.timers.tick(15_000);
  context.mock.timers.tick(15_000);
  await until(() => count(": ping") > 0);
  gate.resolve();
  await until(() => false);
  assert.match(text, /\[DONE\]\n\n$/);
});

for (const [path, body] of [
  ["/v1/chat/completions", chat],
  ["/v1/completions", { model: "m", prompt: "one" }],
  ["/v1/completions", { model: "m", prompt: ["one", "two"] }],
] as const) {
  test(`an empty answer is asked of the next account, ${JSON.stringify(body)}`, async () => {
    const upstream = scriptedUpstream(
      () => [[{ type: "finish", choice: 0, reason: "other", detail: "OTHER" }]],
      () => textAnswer("good"),
    );
    const again = definePlugin({
      name: "again",
      apply: ({ hooks }) => hooks.attemptFailed.tap("again", () => ({ retry: "next account" })),
    });
    await using gateway = await startGateway({ plugins: [again, openai(), upstream.plugin] });
    const sent = { method: "POST", body: JSON.stringify(body) };
    const response = await fetch(gateway.url + path, sent);
    assert.equal(response.status, 200);
    assert.match(await response.text(), /good/);
  });
}

test("the body of a single prompt is read once", async () => {
  const response = await post(
    "/v1/completions",
    { model: "m", prompt: "One", suffix: "x", echo: true },
    () => textAnswer(" two"),
  );
  assert.equal(response.headers.get("x-agproxy-ignored"), "suffix");
  assert.match(await response.text(), /"text":"One two"/);
});

/** Gives one choice, or three, whatever is asked for. */
const miscounting: Script = (request, attempt) => {
  const answer = Array.from(parrot(request, attempt) as Iterable<readonly ChatEvent[]>);
  const isFew = JSON.stringify(request.messages).includes("one");
  return answer.map((batch) =>
    batch.flatMap((event) => {
      if (event.type === "usage" || isFew) return [event];
      return [0, 1, 2].map((choice) => ({ ...event, choice }));
    }),
  );
};

test("choices keep their prompt's numbers where an upstream gives fewer or more than asked for", async () => {
  const body = { model: "m", prompt: ["one", "two"], n: 2 };
  const whole = await post("/v1/completions", body, miscounting);
  const { choices } = (await whole.json()) as Completion;
  const expected = [
    [0, ">one"],
    [2, ">two"],
    [3, ">two"],
  ];
  assert.deepEqual(
    choices.map(({ index, text }) => [index, text]),
    expected,
  );
  const streamed = await post("/v1/completions", { ...body, stream: true }, miscounting);
  const frames = readSseText(await streamed.text()).map(({ data }) => data);
  assert.equal(frames.at(-1), "[DONE]");
  const said = new Map<number, string>();
  for (const frame of frames.slice(0, -1)) {
    for (const { index, text } of (JSON.parse(frame) as Completion).choices) {
      said.set(index, (said.get(index) ?? "") + text);
    }
  }
  assert.deepEqual(
    [...said].toSorted(([a], [b]) => a - b),
    expected,
  );
});
