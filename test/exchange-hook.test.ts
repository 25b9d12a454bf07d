/**
 * The promise: at `exchange` a plugin can refuse a chat, change it, send it to another model or answer it by itself, on
 * every route, streamed or not, over WebSocket and in the background.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { anthropic } from "@agproxy/plugin-anthropic";
import { geminiNative } from "@agproxy/plugin-gemini-native";
import { openai } from "@agproxy/plugin-openai";
import { responses } from "@agproxy/plugin-responses";
import { AgproxyError, type ChatEvent, type Exchange, type Plugin } from "agproxy";
import { scriptedUpstream, startGateway, summaryWatch, textAnswer } from "agproxy/testing";
import { ask, chatCases, goodText, wireError } from "./support/chat-routes.ts";
import { codeBlocks } from "./support/code-blocks.ts";
import { installedFolder } from "./support/folder.ts";
import { at } from "./support/json-path.ts";
import { probe, type Taps } from "./support/probe.ts";
import { outputText, polled, responseClient } from "./support/response-client.ts";
import { connect } from "./support/response-socket.ts";

/** A gateway whose one account answers "from the account". */
async function start(exchange: NonNullable<Taps["exchange"]>, ...others: readonly Plugin[]) {
  const one = probe({ exchange });
  const summaries = summaryWatch();
  const upstream = scriptedUpstream(() => textAnswer("from the account"));
  const gateway = await startGateway({
    plugins: [
      openai(),
      responses(),
      anthropic(),
      geminiNative(),
      one.plugin,
      ...others,
      summaries.plugin,
      upstream.plugin,
    ],
  });
  return {
    gateway,
    calls: one.calls,
    summaries,
    sent: upstream.sent,
    line: () => gateway.log.find(({ msg }) => msg === "exchange"),
    [Symbol.asyncDispose]: () => gateway.close(),
  };
}

const own: readonly ChatEvent[] = textAnswer("from the plugin").flat();

async function* streamed(...batches: readonly (readonly ChatEvent[])[]) {
  for (const batch of batches) yield batch;
}

for (const { title, ...one } of chatCases) {
  for (const [form, answer] of [
    ["a list", () => own],
    ["a stream", () => streamed(...textAnswer("from the plugin"))],
  ] as const) {
    test(`a plugin answers with ${form}, and no account is asked: ${title}`, async () => {
      const later = probe({}, "later");
      await using setup = await start(async () => ({ answer: answer() }), later.plugin);
      const response = await ask(setup.gateway, one);
      assert.equal(response.headers.get("x-account-email"), null);
      assert.equal(response.headers.get("x-mapped-model"), "any");
      assert.equal(await goodText(one, response), "from the plugin");
      await setup.gateway.close();
      assert.equal(setup.sent.length, 0);
      assert.deepEqual(
        setup.calls.slice(2),
        ["resolveModel", "exchange", "beforeAnswer", "done", "close"],
        "a stream that no upstream sent passes no transformStream",
      );
      assert.ok(!later.calls.includes("exchange"), "the answer ends the round");
      const [summary] = setup.summaries.all;
      assert.deepEqual([summary?.answeredBy, summary?.outcome], ["probe", "ok"]);
      assert.deepEqual(summary?.attempts, []);
      assert.equal(summary.usage?.totalTokens, 6);
      const { answeredBy, account, attempts } = setup.line() ?? {};
      assert.deepEqual([answeredBy, account, attempts], ["probe", undefined, 0]);
    });
  }

  test(`a plugin changes the request for all attempts: ${title}`, async () => {
    const messages = [{ role: "user", content: [{ type: "text", text: "changed" }] }] as const;
    await using setup = await start(({ request }) => ({
      request: { ...request, messages, stream: !request.stream, model: "not the client's" },
    }));
    assert.equal(await goodText(one, await ask(setup.gateway, one)), "from the account");
    const [sent] = setup.sent;
    assert.deepEqual(sent?.request.messages, messages);
    assert.deepEqual([sent.request.model, sent.request.stream], ["any", one.stream]);
  });

  test(`a plugin names another model, and all that speaks of the answer follows: ${title}`, async () => {
    await using setup = await start(() => ({ model: "other" }));
    const response = await ask(setup.gateway, one);
    assert.equal(response.headers.get("x-mapped-model"), "other");
    await goodText(one, response);
    await setup.gateway.close();
    assert.equal(setup.sent[0]?.model, "other");
    const [summary] = setup.summaries.all;
    assert.deepEqual([summary?.exchange.model, summary?.model], ["other", "other"]);
    assert.equal(setup.line()?.["model"], "other");
  });

  test(`each tap sees what the former changed, and all see one object to the end: ${title}`, async () => {
    const seen: (readonly [Exchange, string])[] = [];
    const second = probe({
      exchange: (exchange) => void seen.push([exchange, exchange.model]),
      transformRequest: (request, { exchange }) => {
        seen.push([exchange, exchange.model]);
        return request;
      },
      done: ({ exchange }) => void seen.push([exchange, exchange.model]),
    });
    await using setup = await start((exchange) => {
      seen.push([exchange, exchange.model]);
      return { model: "other" };
    }, second.plugin);
    await goodText(one, await ask(setup.gateway, one));
    await setup.gateway.close();
    assert.equal(new Set(seen.map(([exchange]) => exchange)).size, 1);
    assert.deepEqual(
      seen.map(([, model]) => model),
      ["any", "other", "other", "other"],
    );
  });

  test(`a refusal has the route's shape and is told to done: ${title}`, async () => {
    await using setup = await start(async () => {
      throw new AgproxyError("quota_exhausted", "No more today.");
    });
    const response = await ask(setup.gateway, one);
    assert.equal(response.status, 429);
    assert.match((await wireError(response)).message, /^No more today\./);
    await setup.gateway.close();
    const [summary] = setup.summaries.all;
    assert.deepEqual([summary?.outcome, summary?.status], ["failed", 429]);
    assert.deepEqual(summary?.attempts, []);
  });

  for (const [fault, answer, cause] of [
    ["that is empty", () => [], /no `finish`/],
    ["without a finish", () => own.slice(0, 1), /no `finish`/],
    [
      "whose second choice has no finish",
      () => [...own, { type: "text", choice: 1, text: "and" }] as const,
      /no `finish`/,
    ],
    [
      "that throws",
      async function* () {
        yield* streamed([]);
        throw new Error("secret detail");
      },
      /secret detail/,
    ],
  ] as const) {
    test(`an answer ${fault} is its plugin's failure: ${title}`, async () => {
      await using setup = await start(() => ({ answer: answer() }));
      const response = await ask(setup.gateway, one);
      const body = await response.text();
      if (response.status === 200) assert.ok(one.route.streamedError(body), body);
      else assert.equal(response.status, 500);
      assert.match(body, /Plugin \\"probe\\" failed in exchange\./);
      assert.doesNotMatch(body, /secret detail/);
      await setup.gateway.close();
      assert.equal(setup.summaries.all[0]?.outcome, "failed");
      assert.equal(setup.summaries.all[0]?.answeredBy, "probe");
      assert.match(JSON.stringify(setup.line()), cause);
    });
  }
}

test("a client that leaves while a tap waits has left, and nobody has failed", async () => {
  const waiting = Promise.withResolvers<void>();
  await using setup = await start(async ({ incoming: { signal } }) => {
    waiting.resolve();
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    signal.throwIfAborted();
  });
  const [one] = chatCases;
  assert.ok(one);
  const leave = new AbortController();
  const asked = ask(setup.gateway, one, { signal: leave.signal });
  await waiting.promise;
  leave.abort();
  await assert.rejects(asked);
  await setup.summaries.reached(1);
  const [summary] = setup.summaries.all;
  assert.deepEqual([summary?.outcome, summary?.status], ["aborted", 499]);
});

test("a plugin answers over WebSocket", async () => {
  await using setup = await start(() => ({ answer: own }));
  {
    await using socket = await connect(setup.gateway.url);
    assert.equal(outputText(await socket.turn({ input: "hello" })), "from the plugin");
  }
  assert.equal(setup.sent.length, 0);
  assert.equal(setup.calls.filter((call) => call === "exchange").length, 1);
});

test("a refusal over WebSocket says why", async () => {
  await using setup = await start(() => {
    throw new AgproxyError("quota_exhausted", "No more today.");
  });
  await using socket = await connect(setup.gateway.url);
  socket.ask({ input: "hello" });
  const last = (await socket.events()).at(-1);
  assert.match(JSON.stringify(last), /No more today\./);
});

for (const refuses of [false, true]) {
  test(`a plugin ${refuses ? "refuses" : "answers"} what runs in the background`, async () => {
    await using setup = await start(() => {
      if (refuses) throw new AgproxyError("quota_exhausted", "No more today.");
      return { answer: own };
    });
    const client = responseClient(setup.gateway);
    const { id } = await client.create({ input: "hello", background: true });
    const ended = await polled(client, id);
    if (refuses) assert.match(String(at(ended, "error", "message")), /^No more today\./);
    else assert.equal(outputText(ended), "from the plugin");
    assert.equal(setup.sent.length, 0);
    assert.equal(setup.calls.filter((call) => call === "exchange").length, 1);
  });
}

test("neither /readyz nor a model list is an exchange", async () => {
  await using setup = await start(() => assert.fail("asked"));
  for (const path of ["/readyz?model=any", "/v1/models", "/healthz"]) {
    assert.equal((await fetch(setup.gateway.url + path)).status, 200);
  }
});

test("the cache of docs/hooks.md answers what it has heard before, and nothing else", async () => {
  const blocks = await codeBlocks("docs/hooks.md");
  const block = blocks.find(({ text }) => text.includes("hooks.exchange.tap("));
  await using folder = await installedFolder({
    "package.json": '{ "type": "module" }',
    "cache.ts": block?.text ?? "",
  });
  const { rememberAnswers } = (await import(join(folder.path, "cache.ts"))) as {
    readonly rememberAnswers: Plugin;
  };
  const upstream = scriptedUpstream(() => textAnswer("from the account"));
  const summaries = summaryWatch();
  await using gateway = await startGateway({
    plugins: [
      openai(),
      responses(),
      anthropic(),
      geminiNative(),
      rememberAnswers,
      summaries.plugin,
      upstream.plugin,
    ],
  });
  let answers = 0;
  const heard = async (prompt: string) => {
    for (const one of chatCases.slice(0, 2)) {
      assert.equal(await goodText(one, await ask(gateway, one, { prompt })), "from the account");
      answers += 1;
    }
    await summaries.reached(answers);
    return upstream.sent.length;
  };
  await heard("first");
  let before: number;
  // What is kept is kept after the answer, so the next one may come too early.
  do before = upstream.sent.length;
  while ((await heard("first")) > before);
  assert.ok((await heard("second")) > before);
});
