/** The promise: accounts come and go while requests run, and each serves the models that it says. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { modelMapping } from "@agproxy/plugin-model-mapping";
import { openai } from "@agproxy/plugin-openai";
import {
  type Account,
  AgproxyError,
  definePlugin,
  type Plugin,
  type PluginAccounts,
  streamOf,
  type Upstream,
} from "agproxy";
import { startGateway, textAnswer } from "agproxy/testing";
import { agproxy } from "./support/agproxy-process.ts";
import { ask, chatCases, goodText, wireError } from "./support/chat-routes.ts";
import { installedFolder } from "./support/folder.ts";
import { probe, type Taps } from "./support/probe.ts";

const chatCase = (streams: boolean) =>
  chatCases.find(({ stream }) => stream === streams) ?? assert.fail("no such route");
const whole = chatCase(false);
const streamed = chatCase(true);

/** Answers with what it was asked: `ACCOUNT for MODEL`. */
const telling: Upstream = {
  name: "telling",
  async send(_request, { account, model }) {
    if (model === "broken") throw new AgproxyError("model_overloaded");
    return streamOf(textAnswer(`${account.id} for ${model}`));
  },
};

const account = (id: string, more: Partial<Account> = {}): Account => ({
  id,
  label: id,
  upstream: telling,
  ...more,
});

async function start(first: readonly Account[], taps: Taps = {}, ...others: readonly Plugin[]) {
  let accounts: PluginAccounts | undefined;
  const pool = definePlugin({
    name: "pool",
    apply: (agproxy) => {
      accounts = agproxy.accounts(first);
    },
  });
  const gateway = await startGateway({ plugins: [openai(), probe(taps).plugin, ...others, pool] });
  assert.ok(accounts);
  const asking = (model: string) => ask(gateway, whole, { more: { model } });
  return {
    gateway,
    accounts,
    asking,
    text: async (model: string) => goodText(whole, await asking(model)),
    ready: async (model: string) => {
      const { status } = await fetch(`${gateway.url}/readyz?model=${encodeURIComponent(model)}`);
      return status;
    },
    [Symbol.asyncDispose]: () => gateway.close(),
  };
}

test("accounts are added and removed after the start", async () => {
  await using setup = await start([]);
  const { accounts, text } = setup;
  assert.equal((await setup.asking("m")).status, 503);
  accounts.add(account("a"));
  assert.equal(await text("m"), "a for m");
  accounts.add(account("b"));
  assert.equal(accounts.remove("a"), true);
  assert.equal(accounts.remove("a"), false);
  assert.equal(await text("m"), "b for m");
  accounts.add(account("a"));
  assert.deepEqual(
    accounts.all.map(({ id }) => id),
    ["b", "a"],
  );
  assert.throws(() => accounts.add(account("a")), /second account with the id "a"/);
});

test("a plugin removes no account of another's", async () => {
  let others: PluginAccounts | undefined;
  const other = definePlugin({
    name: "other",
    apply: (agproxy) => {
      others = agproxy.accounts();
    },
  });
  await using setup = await start([account("a")], {}, other);
  assert.equal(others?.remove("a"), false);
  assert.equal(await setup.text("m"), "a for m");
});

test("a request that is under way on a removed account is finished there", async () => {
  const opened = Promise.withResolvers<void>();
  const removed = Promise.withResolvers<void>();
  const slow: Upstream = {
    name: "slow",
    send: async () =>
      (async function* () {
        yield* textAnswer("begun ").slice(0, 1);
        opened.resolve();
        await removed.promise;
        yield* textAnswer("and finished");
      })(),
  };
  await using setup = await start([account("a", { upstream: slow }), account("b")]);
  const under = ask(setup.gateway, streamed);
  await opened.promise;
  setup.accounts.remove("a");
  assert.equal(await setup.text("m"), "b for m");
  removed.resolve();
  assert.equal(await goodText(streamed, await under), "begun and finished");
});

test("an account serves its models, and a model that none serves is a 404", async () => {
  await using setup = await start([
    account("large", { models: ["large-*"], exclude: ["*-preview"] }),
    account("small", { models: ["small"] }),
  ]);
  assert.equal(await setup.text("large-1"), "large for large-1");
  assert.equal(await setup.text("small"), "small for small");
  for (const model of ["large-1-preview", "other"]) {
    const response = await setup.asking(model);
    assert.equal(response.status, 404);
    const error = await wireError(response);
    assert.equal(error.code, "model_not_found");
    assert.match(error.message, new RegExp(`No account serves the model "${model}"`));
    assert.equal(await setup.ready(model), 503);
  }
  assert.equal(await setup.ready("small"), 200);
});

test("a prefix chooses the account, and the rest of the name is mapped as ever", async () => {
  const mapping = modelMapping({ rules: { assistant: "large", "by-rule": "work/large" } });
  await using setup = await start(
    [account("home"), account("work", { prefix: "work" })],
    {},
    mapping,
  );
  for (const [asked, answer] of [
    ["large", "home for large"],
    ["work/large", "work for large"],
    ["work/assistant", "work for large"],
    ["by-rule", "work for large"],
    ["other/large", "home for other/large"],
  ] as const) {
    const response = await setup.asking(asked);
    const model = answer.slice(answer.lastIndexOf(" ") + 1);
    assert.equal(response.headers.get("x-mapped-model"), model);
    assert.equal(await goodText(whole, response), answer);
  }
  assert.equal(await setup.ready("work/large"), 200);
});

test("a verdict's model is asked of an account that serves it", async () => {
  await using setup = await start([account("a", { models: ["broken"] }), account("b")], {
    attemptFailed: () => ({ retry: "same account", model: "small" }),
  });
  assert.equal(await setup.text("broken"), "b for small");
});

test("a retry stays with the accounts that the prefix means", async () => {
  const prefix = "work";
  await using setup = await start(
    [account("home"), account("a", { prefix }), account("b", { prefix })],
    {
      attemptFailed: (_, { number }) => (number < 3 ? { retry: "next account" } : undefined),
    },
  );
  const response = await setup.asking("work/broken");
  assert.equal(response.headers.get("x-account-email"), "b");
  assert.equal((await wireError(response)).code, "model_overloaded");
});

test("another model is asked of the accounts that the client named", async () => {
  const accounts = [account("home"), account("work", { prefix: "work" })];
  await using fallen = await start(accounts, {
    attemptFailed: () => ({ retry: "next account", model: "small" }),
  });
  assert.equal(await fallen.text("work/broken"), "work for small");
  await using changed = await start(accounts, { exchange: () => ({ model: "small" }) });
  assert.equal(await changed.text("work/large"), "work for small");
  assert.equal(await changed.text("large"), "home for small");
});

test("where no account serves a verdict's model, the client gets the failure before it", async () => {
  const limited: Upstream = {
    name: "limited",
    send: () => Promise.reject(new AgproxyError("rate_limit_exceeded")),
  };
  await using setup = await start([account("a", { models: ["large"], upstream: limited })], {
    attemptFailed: () => ({ retry: "next account", model: "unheard-of" }),
  });
  const response = await setup.asking("large");
  assert.equal(response.status, 429);
  assert.equal((await wireError(response)).code, "rate_limit_exceeded");
});

test("a verdict may name an account by its prefix", async () => {
  await using setup = await start([account("home"), account("spare", { prefix: "spare" })], {
    attemptFailed: () => ({ retry: "next account", model: "spare/small" }),
  });
  const response = await setup.asking("broken");
  assert.equal(response.headers.get("x-mapped-model"), "small");
  assert.equal(await goodText(whole, response), "spare for small");
});

test("a tap that changes a candidate in place is told so; its list is its own", async () => {
  let changes: object = {};
  await using setup = await start([account("a"), account("b")], {
    selectAccount(candidates) {
      Object.assign(candidates[0] ?? {}, changes);
      return Object.assign(candidates, { length: 1 });
    },
  });
  for (const model of ["m", "m"]) assert.equal(await setup.text(model), "a for m");
  assert.equal(setup.accounts.remove("a"), true);
  assert.equal(await setup.text("m"), "b for m");
  changes = { passedOver: { reason: "tired" } };
  const response = await setup.asking("m");
  assert.match((await wireError(response)).message, /^Plugin "probe" failed in selectAccount\./);
});

test("`agproxy explain` knows prefixes, and whom nobody serves", async () => {
  const accounts = [{ prefix: "work", models: ["gemini-2.5-*"] }];
  await using folder = await installedFolder({
    "agproxy.config.json": JSON.stringify({
      plugins: ["model-mapping", ["sandbox", { accounts }]],
    }),
  });
  const explained = async (model: string) => {
    const { stdout } = await agproxy(["explain", model], { cwd: folder.path });
    return stdout;
  };
  const known = await explained("work/gpt-4o");
  assert.match(
    known,
    /^work\/gpt-4o → work\/gemini-2\.5-flash\n {2}model-mapping: "gpt-4o" becomes/,
  );
  assert.doesNotMatch(known, /no account/);
  assert.match(await explained("unheard-of"), /\n {2}no account serves it\n$/);
});
