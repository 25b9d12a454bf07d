/** The promise: each plugin of docs/cookbook.md does what the page says, as it stands there. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, test } from "node:test";
import { rotation } from "@agproxy/plugin-rotation";
import { AgproxyError, type ChatEvent, type Plugin } from "agproxy";
import {
  fakeClock,
  type OpenGateway,
  openGateway,
  plainChat,
  randomPieces,
  type Script,
  scriptedUpstream,
  singleBytes,
  startVendor,
  summaryWatch,
} from "agproxy/testing";
import { codeBlocks } from "./support/code-blocks.ts";
import { installedFolder } from "./support/folder.ts";
import { at } from "./support/json-path.ts";

const blocks = (await codeBlocks("docs/cookbook.md")).filter(({ language }) => language === "ts");
const nameOf = (text: string) => /^export const (\w+)/m.exec(text)?.[1] ?? "";
const home = await installedFolder({
  "package.json": '{ "type": "module" }',
  ...Object.fromEntries(blocks.map(({ text }) => [`${nameOf(text)}.ts`, text])),
});
after(() => home[Symbol.asyncDispose]());

/** What the page's block of this name exports. */
async function recipe(name: string): Promise<unknown> {
  const module: unknown = await import(join(home.path, `${name}.ts`));
  return at(module, name);
}

/** The plugin that a recipe makes of these options. */
async function made(name: string, ...options: readonly unknown[]): Promise<Plugin> {
  const factory = (await recipe(name)) as (...given: readonly unknown[]) => Plugin;
  return factory(...options);
}

function ask(gateway: OpenGateway, body: object = {}) {
  return gateway.inject({ path: "/chat", body: { model: "m", text: "hi", ...body } });
}

function textOf(events: readonly { readonly data: string }[]): string {
  const said = events.map(({ data }): unknown => JSON.parse(data));
  return said.map((event) => (at(event, "type") === "text" ? at(event, "text") : "")).join("");
}

test("the page has its seven plugins", () => {
  const names = ["budget", "redaction", "fallback", "otherVendor", "webhook", "cache"];
  assert.deepEqual(
    blocks.map(({ text }) => nameOf(text)),
    [...names, "ownProtocol"],
  );
});

/** An account whose large model is overloaded. */
const onlySmall: Script = (_request, { model, account }) => {
  if (model === "large") throw new AgproxyError("model_overloaded");
  return [
    [{ type: "text", choice: 0, text: `${model} on ${account.label}` }],
    [{ type: "finish", choice: 0, reason: "stop" }],
  ];
};

for (const stream of [false, true]) {
  const mode = stream ? "streamed" : "whole";

  test(`a budget: the day's tokens, and the next day's, ${mode}`, async () => {
    using clock = fakeClock(Date.UTC(2026, 0, 1, 12));
    const over = summaryWatch();
    const upstream = scriptedUpstream("four words of answer");
    const plugins = [plainChat(), await made("budget", 10), over.plugin, upstream.plugin];
    await using gateway = await openGateway({ plugins });
    for (const [index, status] of [200, 200, 429].entries()) {
      const answer = await ask(gateway, { stream });
      await over.reached(index + 1);
      assert.equal(answer.status, status, answer.body);
      if (status === 429) assert.equal(at(answer.json, "error", "code"), "over_budget");
    }
    assert.equal(upstream.sent.length, 2);
    await clock.advance(86_400_000);
    assert.equal((await ask(gateway, { stream })).status, 200);
  });

  test(`redaction: wherever a secret is cut, ${mode}`, async () => {
    const said = "the word is hunter2, hunter, hunt";
    const finish: ChatEvent = { type: "finish", choice: 0, reason: "stop" };
    const cuts = [singleBytes(Buffer.from(said))];
    for (let seed = 1; seed <= 20; seed += 1) cuts.push(randomPieces(Buffer.from(said), seed));
    for (let end = 1; end < said.length; end += 1) {
      cuts.push([Buffer.from(said.slice(0, end)), Buffer.from(said.slice(end))]);
    }
    for (const pieces of cuts) {
      const script: Script = () => [
        ...pieces.map((piece) => [{ type: "text", choice: 0, text: piece.toString() } as const]),
        [finish],
      ];
      const plugins = [plainChat(), await made("redaction", "hunter2", "swordfish")];
      await using gateway = await openGateway({
        plugins: [...plugins, scriptedUpstream(script).plugin],
      });
      const answer = await ask(gateway, { stream });
      const text = stream ? textOf(answer.events) : at(answer.json, "text");
      assert.equal(text, "the word is [redacted], hunter, hunt");
    }
  });

  test(`another model: once the accounts have failed, ${mode}`, async () => {
    const upstream = scriptedUpstream(onlySmall, onlySmall);
    const fallback = await made("fallback", { large: "small" });
    const plugins = [plainChat(), fallback, rotation(), upstream.plugin];
    await using gateway = await openGateway({ plugins });
    const answer = await ask(gateway, { model: "large", stream });
    assert.equal(answer.status, 200, answer.body);
    assert.match(answer.body, /small on account-/);
    assert.equal(answer.headers.get("x-mapped-model"), "small");
    assert.deepEqual(
      upstream.sent.map(({ model }) => model),
      ["large", "large", "small"],
    );
  });

  test(`another vendor: its stream cut anywhere, its errors and its end, ${mode}`, async () => {
    const words = ["Good ", "day, ", "世界"].map((word) => `data: {"word":"${word}"}\n\n`).join("");
    const recorded = Buffer.from(`${words}data: {"tokens":[3,4]}\n\n`);
    let reply: Parameters<typeof startVendor>[0] = () => ({ pieces: singleBytes(recorded) });
    await using vendor = await startVendor((call) => reply(call));
    const plugins = [plainChat(), await made("otherVendor", vendor.url, "secret")];
    await using gateway = await openGateway({ plugins });
    const good = await ask(gateway, { stream });
    const text = stream ? textOf(good.events) : at(good.json, "text");
    assert.equal(text, "Good day, 世界");
    assert.match(good.body, /"totalTokens":7/);
    assert.equal(vendor.received[0]?.headers["x-api-key"], "secret");
    assert.deepEqual(JSON.parse(vendor.received[0].body), { model: "m", prompt: "hi" });
    assert.ok(!JSON.stringify(gateway.log).includes("secret"));
    for (const [answer, code] of [
      [{ status: 429 }, "rate_limit_exceeded"],
      [{ status: 500, body: "oh" }, "upstream_failed"],
      [{ body: "<html>" }, "upstream_unreadable"],
      [{ body: "" }, "upstream_cut"],
    ] as const) {
      reply = () => answer;
      assert.equal(at((await ask(gateway, { stream })).json, "error", "code"), code);
    }
    reply = () => ({ body: words });
    assert.match((await ask(gateway, { stream })).body, /"code":"upstream_cut"/);
  });

  test(`a webhook: told of each exchange, without its content, ${mode}`, async () => {
    const told = Promise.withResolvers<string>();
    await using hook = await startVendor(({ body }) => {
      told.resolve(body);
      return { status: 204 };
    });
    const plugins = [plainChat(), await made("webhook", hook.url)];
    await using gateway = await openGateway({
      plugins: [...plugins, scriptedUpstream("a private answer").plugin],
    });
    await ask(gateway, { stream, text: "a private question" });
    const { durationMs, ...rest } = JSON.parse(await told.promise) as Record<string, unknown>;
    assert.deepEqual(rest, { caller: "anonymous", model: "m", outcome: "ok", tokens: 6 });
    assert.equal(typeof durationMs, "number");
  });

  test(`a cache: the same question once, for as long as it says, ${mode}`, async () => {
    using clock = fakeClock();
    const over = summaryWatch();
    const upstream = scriptedUpstream(["first", "second", "third"]);
    const plugins = [plainChat(), await made("cache", 60_000), over.plugin, upstream.plugin];
    await using gateway = await openGateway({ plugins });
    const answers: string[] = [];
    const asked = [{ text: "a" }, { text: "a", stream: !stream }, { text: "a" }, { text: "b" }];
    for (const [index, body] of asked.entries()) {
      const answer = await ask(gateway, { stream, ...body });
      answers.push(/first|second|third/.exec(answer.body)?.[0] ?? answer.body);
      await over.reached(index + 1);
      // What is kept is kept by a later tap of `done`.
      await clock.advance(0);
    }
    assert.deepEqual(answers, ["first", "first", "first", "second"]);
    assert.deepEqual(
      over.all.map(({ answeredBy }) => answeredBy),
      [undefined, "cache", "cache", undefined],
    );
    await clock.advance(60_000);
    assert.match((await ask(gateway, { stream, text: "a" })).body, /third/);
  });
}

test("a protocol: whole as plain text, streamed word by word, and its errors", async () => {
  const plugin = (await recipe("ownProtocol")) as Plugin;
  const upstream = scriptedUpstream("good day");
  await using gateway = await openGateway({ plugins: [plugin, upstream.plugin] });
  const say = (body: object) => gateway.inject({ path: "/say", body });
  const whole = await say({ text: "Say hello", model: "m" });
  assert.deepEqual([whole.status, whole.body], [200, "good day"]);
  assert.match(whole.headers.get("content-type") ?? "", /^text\/plain/);
  const { events } = await say({ text: "Say hello", stream: true });
  assert.deepEqual(
    events.map(({ data }) => data),
    ['"good "', '"day"', "end"],
  );
  for (const body of [{}, { text: 1 }, { text: "a", stream: "yes" }]) {
    const refused = await say(body);
    assert.equal(at(refused.json, "error", "code"), "invalid_request");
    assert.equal(at(refused.json, "error", "param"), "stream" in body ? "stream" : "text");
  }
  assert.deepEqual(
    upstream.sent.map(({ model }) => model),
    ["m", "gemini-2.5-flash"],
  );
});
