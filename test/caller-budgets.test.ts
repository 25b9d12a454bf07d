/** The promise: a key spends no more tokens and no more money than it may, whatever its requests do. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { suite, test } from "node:test";
import OpenAI, { PermissionDeniedError, RateLimitError } from "openai";
import {
  AgproxyError,
  type Attempt,
  type ChatEvent,
  definePlugin,
  type Summary,
  type Usage,
} from "agproxy";
import { textAnswer } from "agproxy/testing";
import { CountWatch } from "./support/count-watch.ts";
import { chatWith, keyedGateway, type KeyedGateway, statusOf } from "./support/keyed-gateway.ts";

/** 8 characters: 2 tokens by the estimate. With 100 for the answer, 102 are reserved. */
const hello = {
  model: "gemini-2.5-pro",
  messages: [{ role: "user" as const, content: "12345678" }],
  max_tokens: 100,
};
const reserved = 102;

const sdk = ({ url }: KeyedGateway, apiKey: string) =>
  new OpenAI({ baseURL: `${url}/v1`, apiKey, maxRetries: 0 });

const ask = (gateway: KeyedGateway, key: string, body: object = hello, signal?: AbortSignal) =>
  chatWith(gateway, key, body, signal);

const answered = (usage: Usage): readonly (readonly ChatEvent[])[] => [
  [
    { type: "text", choice: 0, text: "hello" },
    { type: "finish", choice: 0, reason: "stop" },
    { type: "usage", usage },
  ],
];

function failing(): never {
  throw new AgproxyError("upstream_failed");
}

/** Answers in full, but where a stream is asked for: that ends after so many characters, when its client leaves. */
function breaking(characters: number) {
  return async function* script(_request: unknown, { exchange }: Attempt) {
    if (!exchange.request.stream) return yield* textAnswer("hello");
    yield [{ type: "text", choice: 0, text: "x".repeat(characters) } as const];
    const { signal } = exchange.incoming;
    return await new Promise<void>((_, reject) => {
      signal.addEventListener("abort", () => reject(new Error("the client left")));
    });
  };
}

/** Knows when exchanges are over. */
function endings() {
  const ended = new CountWatch<Summary>();
  const plugin = definePlugin({
    name: "endings",
    apply: ({ hooks }) => hooks.done.tap("endings", (summary) => ended.add(summary)),
  });
  return { plugin, ended };
}

/** Tokens that are left, as the next request is told; that one reserves its own. */
async function left(gateway: KeyedGateway, key: string): Promise<number> {
  const response = await ask(gateway, key);
  await response.text();
  const told = Number(response.headers.get("x-ratelimit-remaining-tokens"));
  return response.status === 200 ? told + reserved : told;
}

suite("tokens", () => {
  test("what an answer took counts, not what was reserved for it", async () => {
    const usage = { inputTokens: 500, outputTokens: 700, totalTokens: 1200 };
    await using gateway = await keyedGateway({ script: () => answered(usage) });
    const key = await gateway.add("laptop", { tpd: "5000" });
    assert.equal(await left(gateway, key), 5000);
    assert.equal(await left(gateway, key), 3800);
    assert.equal(await left(gateway, key), 2600);
    assert.equal(await left(gateway, key), 1400);
    assert.equal(await left(gateway, key), 200);
    const refused = await ask(gateway, key);
    assert.equal(refused.status, 429);
    assert.match(
      await refused.text(),
      /on tokens per day \(TPD\): Limit 5000, Used 6000, Requested 102\. Please try again in 11h59m30s/,
    );
    gateway.now += 12 * 3_600_000;
    assert.equal(await statusOf(ask(gateway, key)), 200);
  });

  test("requests at once do not take more than is left: what they may need is reserved", async () => {
    const { promise: release, resolve } = Promise.withResolvers<void>();
    async function* slow(): AsyncGenerator<readonly ChatEvent[]> {
      await release;
      yield* textAnswer("hello");
    }
    const { plugin, ended } = endings();
    await using gateway = await keyedGateway({ script: slow, plugins: [plugin] });
    const key = await gateway.add("laptop", { tpm: String(10 * reserved) });
    const all = Array.from({ length: 50 }, () => statusOf(ask(gateway, key)));
    await ended.reached(40);
    resolve();
    const statuses = await Promise.all(all);
    assert.equal(statuses.filter((status) => status === 200).length, 10);
    assert.equal(gateway.sent.length, 10);
    // Those that were refused have given back what they reserved, and those that were answered took 4 each.
    assert.equal(await left(gateway, key), 10 * reserved - 40);
  });

  test("a request that no account answers costs nothing", async () => {
    await using gateway = await keyedGateway({ script: failing });
    const key = await gateway.add("laptop", { tpd: "5000" });
    assert.equal(await statusOf(ask(gateway, key)), 502);
    const response = await ask(gateway, key);
    assert.equal(response.headers.get("x-ratelimit-remaining-tokens"), String(5000 - reserved));
  });

  test("an answer that a plugin gives costs nothing", async () => {
    const usage = { inputTokens: 500, outputTokens: 700, totalTokens: 1200 };
    const cache = definePlugin({
      name: "cache",
      apply: ({ hooks }) => hooks.exchange.tap("cache", () => ({ answer: answered(usage).flat() })),
    });
    await using gateway = await keyedGateway({ plugins: [cache] });
    const key = await gateway.add("laptop", { tpd: "5000" });
    assert.equal(await left(gateway, key), 5000);
    assert.equal(await left(gateway, key), 5000);
    assert.equal(gateway.sent.length, 0);
  });

  for (const [characters, cost] of [
    [4, reserved],
    [4000, 1002],
  ] as const) {
    test(`who leaves after ${characters} characters pays for ${cost} tokens`, async () => {
      const { plugin, ended } = endings();
      await using gateway = await keyedGateway({ script: breaking(characters), plugins: [plugin] });
      const key = await gateway.add("laptop", { tpd: "5000" });
      const client = new AbortController();
      const response = await ask(gateway, key, { ...hello, stream: true }, client.signal);
      await response.body?.getReader().read();
      client.abort();
      await ended.reached(1);
      assert.equal(await left(gateway, key), 5000 - cost);
    });
  }

  test("a request larger than the limit is told so, and not to come again", async () => {
    await using gateway = await keyedGateway();
    const key = await gateway.add("laptop", { tpm: "100" });
    const response = await ask(gateway, key);
    assert.equal(response.status, 429);
    assert.equal(response.headers.get("x-should-retry"), "false");
    assert.match(await response.text(), /Request too large for .*Limit 100, Used 0, Requested 102/);
  });

  test("a month's tokens are a budget: OpenAI's insufficient_quota, until the next month", async () => {
    const usage = { inputTokens: 500, outputTokens: 500, totalTokens: 1000 };
    await using gateway = await keyedGateway({ script: () => answered(usage) });
    const key = await gateway.add("laptop", { "tokens-per-month": "1000" });
    assert.equal(await statusOf(ask(gateway, key)), 200);
    await assert.rejects(
      sdk(gateway, key).chat.completions.create(hello),
      (error: RateLimitError) => {
        assert.ok(error instanceof RateLimitError);
        assert.equal(error.code, "insufficient_quota");
        assert.match(
          error.message,
          /You exceeded your current quota for the API key "laptop" on tokens per month/,
        );
        assert.match(error.message, /It begins anew on 2026-07-01T00:00:00\.000Z/);
        return true;
      },
    );
    const background = { model: hello.model, input: "12345678", background: true };
    let run = await sdk(gateway, key).responses.create(background);
    while (run.status !== "failed") run = await sdk(gateway, key).responses.retrieve(run.id);
    assert.equal(run.error?.code, "insufficient_quota", "a code at which clients stop");
    gateway.now = Date.UTC(2026, 6, 1);
    assert.equal(await statusOf(ask(gateway, key)), 200);
  });
});

suite("money", () => {
  const prices = {
    "gemini-*": { input: 1, output: 10 },
    "gemini-2.5-pro*": { input: 2, cached: 0.5, output: 20 },
  };

  test("a budget is spent by the prices of the config, cached input by its own", async () => {
    // 100_000 fresh × 2 + 400_000 cached × 0.5 + 10_000 × 20, each for a million.
    const usage = {
      inputTokens: 500_000,
      cachedTokens: 400_000,
      outputTokens: 10_000,
      totalTokens: 510_000,
    };
    await using gateway = await keyedGateway({ script: () => answered(usage), auth: { prices } });
    const key = await gateway.add("laptop", { "budget-per-month": "1.20" });
    assert.equal(await statusOf(ask(gateway, key)), 200);
    assert.equal(await statusOf(ask(gateway, key)), 200);
    const refused = await ask(gateway, key);
    assert.equal(refused.status, 429);
    assert.equal(refused.headers.get("x-should-retry"), "false");
    assert.match(
      await refused.text(),
      /on budget per month: Limit 1\.2000, Used 1\.2000, Requested 0\.0020/,
    );
  });

  test("a model without a price is refused for a key with a budget, and for no other", async () => {
    await using gateway = await keyedGateway({ auth: { prices } });
    const key = await gateway.add("laptop", { "budget-per-day": "1" });
    const other = { ...hello, model: "other-model" };
    await assert.rejects(
      sdk(gateway, key).chat.completions.create(other),
      (error: PermissionDeniedError) => {
        assert.equal(error.code, "price_unknown");
        assert.match(error.message, /`other-model` has no price/);
        return true;
      },
    );
    assert.equal(await statusOf(ask(gateway, await gateway.add("free"), other)), 200);
  });
});

test("a key of the config can have models and limits as well", async () => {
  const key = "a-key-of-the-config-with-limits";
  const keys = [{ key, name: "ci", models: ["gemini-*"], limits: { rpm: 1 } }];
  await using gateway = await keyedGateway({ auth: { keys } });
  assert.equal(await statusOf(ask(gateway, key, { ...hello, model: "other-model" })), 403);
  assert.equal(await statusOf(ask(gateway, key)), 200);
  assert.equal(await statusOf(ask(gateway, key)), 429);
});

test("with a store in a file, what was spent outlives a restart", async () => {
  await using first = await keyedGateway();
  const server = { store: join(first.place.path, "store.sqlite") };
  const key = await first.add("laptop", { "tokens-per-month": String(reserved) });
  {
    await using gateway = await keyedGateway({ place: first.place, server });
    assert.equal(await statusOf(ask(gateway, key)), 200);
  }
  await using gateway = await keyedGateway({ place: first.place, server });
  assert.equal(await statusOf(ask(gateway, key)), 429);
});
