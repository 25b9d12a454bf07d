import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Account } from "@agproxy/core";
import { fakeClock, startGateway, summaryWatch } from "@agproxy/core/testing";
import { ask, google, plainProtocol, type Google, type Replies } from "./fixtures/google.ts";
import { cloudCode } from "./index.ts";

const whole = {
  response: { candidates: [{ content: { parts: [{ text: "Hi" }] }, finishReason: "STOP" }] },
};
const replies = (models: object): Replies => ({
  token: () => ({ body: { access_token: "access", expires_in: 3600 } }),
  generateContent: () => ({ body: whole }),
  fetchAvailableModels: () => ({ body: { models } }),
});

function start(server: Google) {
  const account = { refreshToken: "r", clientId: "c", clientSecret: "s", project: "p" };
  const plugin = cloudCode({
    accounts: [account],
    baseUrl: server.url,
    tokenUrl: `${server.url}/token`,
    iUnderstandTheRisk: true,
  });
  const watch = summaryWatch();
  return { watch, opened: startGateway({ plugins: [plainProtocol(), plugin, watch.plugin] }) };
}

const quotas = (account: Account) => account.upstream.quotas?.(account) ?? [];
const questions = ({ received }: Google) =>
  received.filter(({ url }) => url.endsWith(":fetchAvailableModels")).length;

test(
  "an account that was used is asked what is left of each model, seldom, and nobody waits for it",
  { timeout: 20_000 },
  async () => {
    const resetTime = new Date(Date.now() + 3_600_000).toISOString();
    await using server = await google(
      replies({
        "gemini-3-pro-preview": { quotaInfo: { remainingFraction: 0.4, resetTime } },
        "claude-x": { quotaInfo: { resetTime } },
        "no-quota": {},
        odd: { quotaInfo: { remainingFraction: 7 } },
      }),
    );
    using clock = fakeClock();
    const { watch, opened } = start(server);
    await using gateway = await opened;
    await ask(gateway.url, false);
    await watch.reached(1);
    const account = watch.all[0]?.attempts[0]?.account;
    assert.ok(account !== undefined);
    assert.deepEqual([questions(server), quotas(account)], [0, []]);
    await clock.advance(5000);
    while (quotas(account).length === 0) await nextTurn();
    const resetsAt = Date.parse(resetTime);
    const learntAt = Date.now();
    assert.deepEqual(quotas(account), [
      { models: "gemini-3-pro-preview", left: 0.4, resetsAt, learntAt },
      { models: "claude-x", left: 0, resetsAt, learntAt },
    ]);
    await ask(gateway.url, false);
    await watch.reached(2);
    await clock.advance(60_000);
    assert.equal(questions(server), 1);
    await clock.advance(4 * 60_000);
    await ask(gateway.url, false);
    await watch.reached(3);
    await clock.advance(5000);
    while (questions(server) < 2) await nextTurn();
  },
);

test("an account that says nothing of it works as before", { timeout: 20_000 }, async () => {
  await using server = await google({
    ...replies({}),
    fetchAvailableModels: () => ({ status: 403, body: { error: { code: 403, message: "No." } } }),
  });
  using clock = fakeClock();
  const { watch, opened } = start(server);
  await using gateway = await opened;
  await ask(gateway.url, false);
  await watch.reached(1);
  await clock.advance(5000);
  const told = () =>
    gateway.log.some(({ msg }) => /what is left could not be asked/.test(msg ?? ""));
  while (!told()) await nextTurn();
  await ask(gateway.url, false);
  await watch.reached(2);
  assert.deepEqual(
    watch.all.map(({ outcome }) => outcome),
    ["ok", "ok"],
  );
});
