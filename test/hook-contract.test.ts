/**
 * The promise: every hook fires alike on every route, streamed or not, and what a tap returns is honoured.
 * A tap that throws becomes an error that says whose it is.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { anthropic } from "@agproxy/plugin-anthropic";
import { geminiNative } from "@agproxy/plugin-gemini-native";
import { openai } from "@agproxy/plugin-openai";
import { responses } from "@agproxy/plugin-responses";
import {
  type Account,
  AgproxyError,
  type Attempt,
  type ChatRequest,
  definePlugin,
  mapEvents,
  type Plugin,
  type Summary,
} from "agproxy";
import {
  type ScriptedUpstream,
  scriptedUpstream,
  startGateway,
  summaryWatch,
  type TestGateway,
  textAnswer,
} from "agproxy/testing";
import { ask, chatCases, chatRoutes, goodText, pathOf, wireError } from "./support/chat-routes.ts";
import { at } from "./support/json-path.ts";
import { type HookName, type Probe, probe, type Taps } from "./support/probe.ts";

const answer = () => textAnswer("one two three");
const limited = (): never => {
  throw new AgproxyError("rate_limit_exceeded");
};
const failing = (): never => {
  throw new AgproxyError("upstream_failed");
};
const refusing = async (): Promise<never> => {
  throw new AgproxyError("model_overloaded", "Come back later.", { retryAfter: 7000 });
};
/** What a plugin's own mistake looks like. */
const stumble = (): never => {
  throw new Error("secret detail");
};
const stumbleLater = async (): Promise<never> => stumble();
const nextAccount = () => ({ retry: "next account" }) as const;

interface Setup {
  readonly gateway: TestGateway;
  readonly probe: Probe;
  readonly upstream: ScriptedUpstream;
}

/** A gateway with the chat routes, one probe, and an upstream of two accounts that both answer. */
async function start(
  taps: Taps = {},
  upstream = scriptedUpstream(answer, answer),
  others: readonly Plugin[] = [],
): Promise<Setup & AsyncDisposable> {
  const one = probe(taps);
  const plugins = [
    openai(),
    responses(),
    anthropic(),
    geminiNative(),
    one.plugin,
    ...others,
    upstream.plugin,
  ];
  const gateway = await startGateway({ plugins });
  return { gateway, probe: one, upstream, [Symbol.asyncDispose]: () => gateway.close() };
}

const baseRequest: ChatRequest = { model: "any", messages: [], stream: false, sampling: {} };

/** Replaces the words of every message. */
function saying(text: string, request: ChatRequest): ChatRequest {
  return { ...request, messages: [{ role: "user", content: [{ type: "text", text }] }] };
}

for (const { title, ...one } of chatCases) {
  test(`fires in order, once per exchange and once per attempt: ${title}`, async () => {
    const upstream = scriptedUpstream(limited, answer);
    await using setup = await start({ attemptFailed: nextAccount }, upstream);
    assert.equal(await goodText(one, await ask(setup.gateway, one)), "one two three");
    await setup.gateway.close();
    assert.deepEqual(setup.probe.calls, [
      "beforeAuth",
      "authenticate",
      "resolveModel",
      "exchange",
      "selectAccount",
      "claimAccount",
      "transformRequest",
      "attemptFailed",
      "selectAccount",
      "claimAccount",
      "transformRequest",
      "transformStream",
      "beforeAnswer",
      "done",
      "close",
    ]);
  });

  test(`resolveModel decides what is sent: ${title}`, async () => {
    await using setup = await start({ resolveModel: async (model) => `mapped-${model}` });
    const response = await ask(setup.gateway, one, { more: { model: "asked" } });
    assert.equal(response.headers.get("x-mapped-model"), "mapped-asked");
    await goodText(one, response);
    assert.equal(setup.upstream.sent[0]?.model, "mapped-asked");
  });

  test(`resolveModel: the first tap with an answer decides: ${title}`, async () => {
    const second = probe({ resolveModel: () => "second" }, "second");
    const third = probe({ resolveModel: () => "third" }, "third");
    await using setup = await start({}, undefined, [second.plugin, third.plugin]);
    await goodText(one, await ask(setup.gateway, one));
    assert.equal(setup.upstream.sent[0]?.model, "second");
    assert.ok(!third.calls.includes("resolveModel"));
  });

  test(`transformRequest has the last word on what is sent: ${title}`, async () => {
    const seen: unknown[] = [];
    await using setup = await start({
      transformRequest: async (request, attempt) => {
        seen.push(attempt.number, attempt.account.label, attempt.exchange.protocol.length > 0);
        return saying("changed", request);
      },
    });
    await goodText(one, await ask(setup.gateway, one));
    assert.deepEqual(seen, [1, "account-1", true]);
    const sent = setup.upstream.sent.map(({ request }) => request.messages);
    assert.deepEqual(sent, [saying("changed", baseRequest).messages]);
  });

  test(`transformRequest: each attempt starts from the client's request: ${title}`, async () => {
    const upstream = scriptedUpstream(limited, answer);
    await using setup = await start(
      {
        attemptFailed: nextAccount,
        transformRequest: (request, { number }) => {
          const said = request.messages.flatMap(({ content }) => content)[0];
          assert.ok(said?.type === "text" && said.text === "hello");
          return saying(`attempt ${number}`, request);
        },
      },
      upstream,
    );
    await goodText(one, await ask(setup.gateway, one));
    const words = upstream.sent.map(({ request }) =>
      at(request, "messages", 0, "content", 0, "text"),
    );
    assert.deepEqual(words, ["attempt 1", "attempt 2"]);
  });

  test(`transformStream changes what the client reads: ${title}`, async () => {
    await using setup = await start({
      transformStream: (events) =>
        mapEvents(events, (event) =>
          event.type === "text" ? { ...event, text: event.text.toUpperCase() } : event,
        ),
    });
    assert.equal(await goodText(one, await ask(setup.gateway, one)), "ONE TWO THREE");
  });

  test(`selectAccount removes, sorts and marks: ${title}`, async () => {
    const filters: readonly NonNullable<Taps["selectAccount"]>[] = [
      (candidates) => candidates.slice(1),
      (candidates) => candidates.toReversed(),
      (candidates) =>
        candidates.map((candidate, index) =>
          index === 0 ? { ...candidate, passedOver: { reason: "not this one" } } : candidate,
        ),
    ];
    for (const selectAccount of filters) {
      await using setup = await start({ selectAccount });
      const response = await ask(setup.gateway, one);
      assert.equal(response.headers.get("x-account-email"), "account-2");
      await goodText(one, response);
      assert.equal(setup.upstream.sent[0]?.account.label, "account-2");
    }
  });

  test(`selectAccount may bring an account of its own: ${title}`, async () => {
    const upstream = {
      name: "own",
      send: async () =>
        (async function* () {
          yield* textAnswer("from elsewhere");
        })(),
    };
    const account: Account = { id: "own", label: "own", upstream };
    await using setup = await start({ selectAccount: (list) => [{ account }, ...list] });
    assert.equal(await goodText(one, await ask(setup.gateway, one)), "from elsewhere");
  });

  test(`selectAccount that leaves nobody is told to the client: ${title}`, async () => {
    await using empty = await start({ selectAccount: () => [] });
    const none = await ask(empty.gateway, one);
    assert.equal(none.status, 503);
    assert.equal((await wireError(none)).code, "no_account");

    await using tired = await start({
      selectAccount: (candidates) =>
        candidates.map((candidate) => ({
          ...candidate,
          passedOver: { reason: "resting", until: Date.now() + 90_000 },
        })),
    });
    const exhausted = await ask(tired.gateway, one);
    assert.equal(exhausted.status, 429);
    const wait = Number(exhausted.headers.get("retry-after"));
    assert.ok(wait > 0 && wait <= 90);
    assert.equal((await wireError(exhausted)).code, "pool_exhausted");
    assert.equal(tired.upstream.sent.length, 0);
  });

  test(`claimAccount lets an attempt begin, or the next candidate is asked about: ${title}`, async () => {
    const claimed: string[] = [];
    await using setup = await start({
      claimAccount: async ({ account, number }) => {
        claimed.push(`${number} ${account.label}`);
        return account.label === "account-1" ? { reason: "taken" } : undefined;
      },
    });
    assert.equal(await goodText(one, await ask(setup.gateway, one)), "one two three");
    assert.deepEqual(claimed, ["1 account-1", "1 account-2"]);
    assert.deepEqual(
      setup.upstream.sent.map(({ account }) => account.label),
      ["account-2"],
    );
  });

  test(`awaitAccount waits, or names another model; without an answer the client is told: ${title}`, async () => {
    let isFree = false;
    const waiting: Taps = {
      selectAccount: (candidates) =>
        isFree ? candidates : candidates.map((one) => ({ ...one, passedOver: { reason: "full" } })),
      awaitAccount: async (candidates, _, model) => {
        assert.deepEqual(
          candidates.map(({ passedOver }) => passedOver?.reason),
          ["full", "full"],
        );
        isFree = true;
        return model;
      },
    };
    await using patient = await start(waiting);
    assert.equal(await goodText(one, await ask(patient.gateway, one)), "one two three");

    await using switching = await start({
      selectAccount: (candidates, _, model) =>
        candidates.map((one) =>
          model === "small" ? one : { ...one, passedOver: { reason: "full" } },
        ),
      awaitAccount: () => "small",
    });
    const switched = await ask(switching.gateway, one, { more: { model: "large" } });
    assert.equal(switched.headers.get("x-mapped-model"), "small");
    assert.equal(switching.upstream.sent[0]?.model, "small");

    await using full = await start({ claimAccount: () => ({ reason: "taken" }) });
    const refused = await ask(full.gateway, one);
    assert.equal(refused.status, 429);
    assert.equal(full.upstream.sent.length, 0);
  });

  test(`attemptFailed decides who is asked next: ${title}`, async () => {
    const verdicts = [
      { verdict: nextAccount(), asked: ["account-1", "account-2"], status: 200 },
      {
        verdict: { retry: "same account", after: 1 } as const,
        asked: ["account-1", "account-1"],
        status: 200,
      },
      { verdict: undefined, asked: ["account-1"], status: 502 },
    ];
    for (const { verdict, asked, status } of verdicts) {
      let calls = 0;
      const stumbling = () => {
        calls += 1;
        if (calls === 1) throw new AgproxyError("upstream_failed", "stumbled");
        return answer();
      };
      const failures: string[] = [];
      const upstream = scriptedUpstream(stumbling, stumbling);
      await using setup = await start(
        {
          attemptFailed: async ({ error }, { number }) => {
            failures.push(`${number} ${error.code}`);
            return verdict;
          },
        },
        upstream,
      );
      const response = await ask(setup.gateway, one);
      assert.equal(response.status, status);
      if (status === 200) await goodText(one, response);
      else assert.equal((await wireError(response)).code, "upstream_failed");
      assert.deepEqual(
        upstream.sent.map(({ account }) => account.label),
        asked,
      );
      assert.deepEqual(failures, ["1 upstream_failed"]);
    }
  });

  test(`attemptFailed may name another model, and all that speaks of the answer follows: ${title}`, async () => {
    for (const retry of ["same account", "next account"] as const) {
      const asked: string[] = [];
      const summaries = summaryWatch();
      const stumbling = (_: ChatRequest, { model }: Attempt) => {
        if (model !== "smaller") throw new AgproxyError("model_overloaded");
        return answer();
      };
      const taps: Taps = {
        attemptFailed: () => ({ retry, model: "smaller" }),
        selectAccount: (candidates, _, model) => {
          asked.push(model);
          return candidates;
        },
      };
      // With one account: what it failed with another model does not count against it.
      await using setup = await start(taps, scriptedUpstream(stumbling), [summaries.plugin]);
      const response = await ask(setup.gateway, one, { more: { model: "large" } });
      assert.equal(response.headers.get("x-mapped-model"), "smaller");
      assert.equal(await goodText(one, response), "one two three");
      const models = ["large", "smaller"];
      assert.deepEqual(
        setup.upstream.sent.map(({ model }) => model),
        models,
      );
      assert.deepEqual(asked, retry === "next account" ? models : ["large"]);
      await setup.gateway.close();
      const [summary] = summaries.all;
      assert.equal(summary?.exchange.model, "large");
      assert.equal(summary.model, "smaller");
      assert.deepEqual(
        summary.attempts.map(({ model }) => model),
        models,
      );
      const line = setup.gateway.log.find(({ msg }) => msg === "exchange");
      assert.deepEqual([line?.["asked"], line?.["model"]], ["large", "smaller"]);
    }
  });

  test(`attemptFailed: a verdict whose model is no name is its plugin's failure: ${title}`, async () => {
    await using setup = await start(
      { attemptFailed: () => ({ retry: "next account", model: "" }) },
      scriptedUpstream(failing, answer),
    );
    const response = await ask(setup.gateway, one);
    assert.equal(response.status, 500);
    assert.match((await wireError(response)).message, /^Plugin "probe" failed in attemptFailed\./);
  });

  test(`attemptFailed: no verdict keeps an exchange going for ever: ${title}`, async () => {
    const upstream = scriptedUpstream(() => {
      throw new AgproxyError("upstream_failed");
    });
    await using setup = await start({ attemptFailed: () => ({ retry: "same account" }) }, upstream);
    assert.equal((await ask(setup.gateway, one)).status, 502);
    assert.ok(upstream.sent.length > 1 && upstream.sent.length < 50);
  });

  test(`beforeAuth refuses in the route's own error shape, before anybody is asked: ${title}`, async () => {
    await using setup = await start({
      beforeAuth: async () => {
        throw new AgproxyError("account_forbidden", "Not from there.");
      },
    });
    const response = await ask(setup.gateway, one);
    assert.equal(response.status, 403);
    const error = await wireError(response);
    assert.equal(error.code, "account_forbidden");
    assert.match(error.message, /^Not from there\./);
    assert.deepEqual(setup.probe.calls, ["beforeAuth", "beforeAnswer"]);
  });

  test(`authenticate says who asks, or nobody does: ${title}`, async () => {
    const known = summaryWatch();
    const later = probe({ authenticate: () => ({ id: "later", name: "later" }) }, "later");
    const caller = { id: "42", name: "Ada" };
    await using setup = await start({ authenticate: async () => caller }, undefined, [
      later.plugin,
      known.plugin,
    ]);
    await goodText(one, await ask(setup.gateway, one));
    assert.equal(known.all[0]?.exchange.caller, caller);
    assert.ok(!later.calls.includes("authenticate"));

    await using closed = await start({ authenticate: () => undefined });
    const refused = await ask(closed.gateway, one);
    assert.equal(refused.status, 401);
    assert.equal((await wireError(refused)).code, "invalid_api_key");
    assert.deepEqual(closed.probe.calls, ["beforeAuth", "authenticate", "beforeAnswer"]);
  });

  test(`beforeAnswer sets headers of good answers and of errors, once: ${title}`, async () => {
    for (const [script, status] of [
      [answer, 200],
      [failing, 502],
    ] as const) {
      const heads: number[] = [];
      const taps: Taps = {
        beforeAnswer: ({ incoming, status: given }) => {
          heads.push(given);
          incoming.setHeader("X-Mine", `${incoming.path} ${given}`);
          incoming.setHeader("Content-Length", "1");
        },
      };
      await using setup = await start(taps, scriptedUpstream(script));
      const response = await ask(setup.gateway, one);
      assert.equal(response.status, status);
      assert.equal(
        response.headers.get("x-mine"),
        `${pathOf(one).replace("?alt=sse", "")} ${status}`,
      );
      if (status === 200 && !one.stream) await goodText(one, response);
      else await response.text();
      assert.deepEqual(heads, [status]);
    }
  });

  test(`a tap of beforeAnswer that throws, or waits, is logged and costs nothing: ${title}`, async () => {
    const promised = Promise.resolve() as never;
    for (const tap of [stumble, () => promised]) {
      const setting: Taps = { beforeAnswer: ({ incoming }) => incoming.setHeader("X-Later", "1") };
      const later = probe(setting, "later");
      await using setup = await start({ beforeAnswer: tap }, undefined, [later.plugin]);
      const response = await ask(setup.gateway, one);
      assert.equal(response.headers.get("x-later"), "1");
      assert.equal(await goodText(one, response), "one two three");
      const line = setup.gateway.log.find(({ msg }) => msg === "a plugin failed in beforeAnswer");
      assert.match(
        String(at(line, "err", "message")),
        /^Plugin "probe" failed in beforeAnswer\..*(secret detail|cannot wait)/,
      );
    }
  });

  test(`done fires exactly once, whatever became of the exchange: ${title}`, async () => {
    const outcomes = [
      { scripts: [answer], outcome: "ok", status: 200, attempts: 1 },
      { scripts: [failing], outcome: "failed", status: 502, attempts: 1 },
      { scripts: [limited, answer], outcome: "ok", status: 200, attempts: 2 },
      { scripts: [], outcome: "failed", status: 503, attempts: 0 },
    ] as const;
    for (const { scripts, outcome, status, attempts } of outcomes) {
      const summaries = summaryWatch();
      const taps: Taps = {
        resolveModel: () => "mapped",
        attemptFailed: ({ error }) =>
          error.code === "upstream_failed" ? undefined : nextAccount(),
      };
      await using setup = await start(taps, scriptedUpstream(...scripts), [summaries.plugin]);
      await (await ask(setup.gateway, one, { more: { model: "asked" } })).text();
      await setup.gateway.close();
      assert.equal(summaries.all.length, 1);
      const summary = summaries.all[0] as Summary;
      assert.equal(summary.outcome, outcome);
      assert.equal(summary.status, status);
      assert.equal(summary.attempts.length, attempts);
      assert.equal(summary.exchange.request.model, "asked");
      assert.equal(summary.exchange.model, "mapped");
      assert.equal(summary.error?.status, status === 200 ? undefined : status);
      assert.equal(summary.usage?.totalTokens, outcome === "ok" ? 6 : undefined);
    }
  });

  test(`done fires once for a client that left: ${title}`, async () => {
    const summaries = summaryWatch();
    const leave = new AbortController();
    const upstream = scriptedUpstream(async function* (_, { exchange }) {
      yield [{ type: "text", choice: 0, text: "one " }];
      leave.abort();
      await new Promise((resolve) => exchange.incoming.signal.addEventListener("abort", resolve));
      throw new Error("the connection was given up");
    });
    await using setup = await start({}, upstream, [summaries.plugin]);
    await assert.rejects(async () => {
      const response = await ask(setup.gateway, one, { signal: leave.signal });
      await response.text();
    });
    await summaries.reached(1);
    await setup.gateway.close();
    assert.deepEqual(
      summaries.all.map(({ outcome, status, attempts }) => [outcome, status, attempts.length]),
      [["aborted", 499, 1]],
    );
    assert.ok(!setup.probe.calls.includes("attemptFailed"));
  });

  test(`done does not fire for what never became an exchange: ${title}`, async () => {
    await using setup = await start();
    const broken = await fetch(setup.gateway.url + pathOf(one), { method: "POST", body: "{" });
    assert.equal(broken.status, 400);
    await broken.text();
    await setup.gateway.close();
    const calls = ["beforeAuth", "authenticate", "beforeAnswer", "close"];
    assert.deepEqual(setup.probe.calls, calls);
  });

  test(`a refusal in agproxy's own words passes from any hook as it is: ${title}`, async () => {
    const hooks = ["beforeAuth", "authenticate", "resolveModel", "exchange"] as const;
    for (const hook of [...hooks, "selectAccount", "transformRequest"] as const) {
      await using setup = await start({ [hook]: refusing });
      const response = await ask(setup.gateway, one);
      assert.equal(response.status, one.route.overloaded ?? 503, hook);
      assert.equal(response.headers.get("retry-after"), "7");
      assert.match((await wireError(response)).message, /^Come back later\./);
    }
  });

  const throwing: readonly HookName[] = [
    ...(["beforeAuth", "authenticate", "resolveModel", "exchange"] as const),
    ...(["selectAccount", "transformRequest", "transformStream", "attemptFailed"] as const),
  ];
  for (const hook of throwing) {
    test(`a tap that throws in ${hook} is named: ${title}`, { timeout: 30_000 }, async () => {
      const asynchronous = hook !== "transformStream";
      const ways: readonly (() => unknown)[] = [stumble, ...(asynchronous ? [stumbleLater] : [])];
      for (const tap of ways) {
        const summaries = summaryWatch();
        const script = hook === "attemptFailed" ? limited : answer;
        const upstream = scriptedUpstream(script, answer);
        await using setup = await start({ [hook]: tap }, upstream, [summaries.plugin]);
        const response = await ask(setup.gateway, one);
        assert.equal(response.status, 500);
        const error = await wireError(response);
        assert.equal(error.code, "plugin_failed");
        assert.match(error.message, new RegExp(`^Plugin "probe" failed in ${hook}\\.`));
        assert.doesNotMatch(error.message, /secret detail/);
        await setup.gateway.close();
        const before = ["beforeAuth", "authenticate", "resolveModel"].includes(hook);
        assert.equal(summaries.all.length, before ? 0 : 1);
        assert.match(JSON.stringify(setup.gateway.log), /secret detail/, "the log has the cause");
      }
    });
  }

  test(`a tap that throws in done or close is logged and shown to nobody: ${title}`, async () => {
    await using setup = await start({ done: stumble, close: stumble });
    assert.equal(await goodText(one, await ask(setup.gateway, one)), "one two three");
    await setup.gateway.close();
    const failures = setup.gateway.log.filter(({ msg }) => msg?.startsWith("a plugin failed"));
    const [done, close, ...others] = failures.map((line) => String(at(line, "err", "message")));
    assert.match(done ?? "", /^Plugin "probe" failed in done\..*secret detail/);
    assert.match(close ?? "", /^Plugin "probe" failed in close\..*secret detail/);
    assert.deepEqual(others, []);
  });

  test(`a wrapped stream that throws is an error, never a silent end: ${title}`, async () => {
    for (const good of [0, 1]) {
      await using setup = await start({
        transformStream: async function* (events) {
          let seen = 0;
          for await (const batch of events) {
            if (seen === good) throw new Error("secret detail");
            seen += 1;
            yield batch;
          }
        },
      });
      const response = await ask(setup.gateway, one);
      if (one.stream && good > 0) {
        assert.equal(response.status, 200);
        const stream = await response.text();
        assert.ok(!one.route.isComplete(stream));
        assert.ok(one.route.streamedError(stream));
        assert.doesNotMatch(stream, /secret detail/);
      } else {
        assert.equal(response.status, 500);
        assert.doesNotMatch((await wireError(response)).message, /secret detail/);
      }
    }
  });

  test(`untapped hooks change nothing: ${title}`, async () => {
    const upstream = scriptedUpstream(answer);
    const plugins = [openai(), responses(), anthropic(), geminiNative(), upstream.plugin];
    await using gateway = await startGateway({ plugins });
    const response = await ask(gateway, one, { more: { model: "as-it-is" } });
    assert.equal(response.headers.get("x-mapped-model"), "as-it-is");
    assert.equal(await goodText(one, response), "one two three");
  });
}

const model = (id: string) => ({ id, ownedBy: "me" });

test("listModels: every tap adds to the list, and the first of a name stays", async () => {
  const more = probe(
    { listModels: async (models) => [...models, { ...model("a"), ownedBy: "late" }, model("b")] },
    "more",
  );
  await using setup = await start({ listModels: (models) => [...models, model("a")] }, undefined, [
    more.plugin,
  ]);
  const response = await fetch(`${setup.gateway.url}/v1/models`);
  const list = at(await response.json(), "data");
  assert.ok(Array.isArray(list));
  assert.deepEqual(
    list.map((one) => [at(one, "id"), at(one, "owned_by")]),
    [
      ["a", "me"],
      ["b", "me"],
    ],
  );
  const calls = ["beforeAuth", "authenticate", "listModels", "beforeAnswer"];
  assert.deepEqual(setup.probe.calls, calls);
});

test("listModels answers for one model too", async () => {
  await using setup = await start({ listModels: () => [model("vendor/a:1")] });
  const found = await fetch(`${setup.gateway.url}/v1/models/vendor/a:1`);
  assert.equal(at(await found.json(), "id"), "vendor/a:1");
  const missing = await fetch(`${setup.gateway.url}/v1/models/b`);
  assert.equal(missing.status, 404);
  assert.equal((await wireError(missing)).code, "model_not_found");
});

for (const path of ["/v1/models", "/v1/models/a"]) {
  for (const hook of ["beforeAuth", "authenticate", "listModels"] as const) {
    test(`a tap that throws in ${hook} is named: GET ${path}`, async () => {
      await using setup = await start({ [hook]: stumbleLater });
      const response = await fetch(setup.gateway.url + path);
      assert.equal(response.status, 500);
      const error = await wireError(response);
      assert.equal(error.code, "plugin_failed");
      assert.match(error.message, new RegExp(`^Plugin "probe" failed in ${hook}\\.`));
    });
  }
}

test("the gate asks beforeAuth and authenticate on every path, also where there is nothing", async () => {
  await using setup = await start();
  const gate: readonly HookName[] = ["beforeAuth", "authenticate"];
  for (const path of ["/healthz", "/nothing/here", "/v1/chat/completions"]) {
    const before = setup.probe.calls.length;
    await (await fetch(setup.gateway.url + path)).text();
    assert.deepEqual(setup.probe.calls.slice(before), [...gate, "beforeAnswer"], path);
  }
  const before = setup.probe.calls.length;
  await (await fetch(`${setup.gateway.url}/readyz?model=a`)).text();
  const asked = [...gate, "resolveModel", "selectAccount", "beforeAnswer"];
  assert.deepEqual(setup.probe.calls.slice(before), asked);
});

test("a header that HTTP cannot carry is its plugin's failure", async () => {
  await using setup = await start({
    beforeAuth: (incoming) => incoming.setHeader("not a name", "1"),
  });
  const response = await fetch(`${setup.gateway.url}/healthz`);
  assert.equal(response.status, 500);
  assert.match((await wireError(response)).message, /^Plugin "probe" failed in beforeAuth\./);
});

test("headers come from whatever plugin sets them last, in any case of letters", async () => {
  await using setup = await start({
    beforeAuth(incoming) {
      incoming.setHeader("X-Mine", "first");
      incoming.setHeader("x-mine", "höchste");
    },
  });
  const response = await fetch(`${setup.gateway.url}/healthz`);
  assert.equal(response.headers.get("x-mine"), "h?chste");
});

test("close tells the last plugin first, once, with the reason", async () => {
  const told: string[] = [];
  const teller = (name: string) =>
    definePlugin({
      name,
      apply: ({ hooks }) => {
        hooks.close.tap(name, async (reason) => void told.push(`${name}: ${reason}`));
      },
    });
  const gateway = await startGateway({ plugins: ["first", "second", "third"].map(teller) });
  await gateway.close();
  assert.deepEqual(told, ["third: test over", "second: test over", "first: test over"]);
});

test("a plugin that failed in close does not keep the others from being told", async () => {
  const first = probe({}, "first");
  const failing = probe(
    {
      close: () => {
        throw new Error("trouble");
      },
    },
    "failing",
  );
  const gateway = await startGateway({ plugins: [first.plugin, failing.plugin] });
  await gateway.close();
  assert.deepEqual(first.calls, ["close"]);
});

test("a hook cannot be tapped after the start", async () => {
  let late: (() => void) | undefined;
  const plugin = definePlugin({
    name: "late",
    apply: ({ hooks }) => {
      late = () => hooks.beforeAuth.tap("late", () => {});
    },
  });
  await using gateway = await startGateway({ plugins: [plugin] });
  assert.ok(gateway.url);
  assert.throws(() => late?.(), /Plugin "late" tapped a hook after the start/);
});

test("the order of taps is that of the config, and a stage changes it", async () => {
  const asked: string[] = [];
  const tapping = (name: string, stage?: number) =>
    definePlugin({
      name,
      apply: ({ hooks }) =>
        hooks.beforeAuth.tap(stage === undefined ? name : { name, stage }, () => {
          asked.push(name);
        }),
    });
  const plugins = [tapping("late", 100), tapping("a"), tapping("b"), tapping("early", -100)];
  await using gateway = await startGateway({ plugins });
  await (await fetch(`${gateway.url}/healthz`)).text();
  assert.deepEqual(asked, ["early", "a", "b", "late"]);
});

test("chat routes are all here", () => {
  assert.deepEqual(
    chatRoutes.map(({ path }) => path),
    [
      "/v1/chat/completions",
      "/v1/completions",
      "/v1/responses",
      "/v1/messages",
      "/v1beta/models/any:generateContent",
    ],
  );
});
