import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { AgproxyError, definePlugin } from "../index.ts";
import { fakeClock, openGateway, plainChat, scriptedUpstream } from "../testing.ts";

const newYear = Date.UTC(2026, 0, 1);

test("time moves only where a test moves it, for dates, timers and stopwatches", async () => {
  const before = Date.now();
  {
    using clock = fakeClock(newYear);
    const started = performance.now();
    const fired: string[] = [];
    setTimeout(() => fired.push("timeout"), 1000);
    const interval = setInterval(() => fired.push("interval"), 400);
    const slept = sleep(900).then(() => fired.push("sleep"));
    assert.equal(Date.now(), newYear);
    await clock.advance(899);
    assert.deepEqual(fired, ["interval", "interval"]);
    await clock.advance(101);
    await slept;
    assert.deepEqual(fired.toSorted(), ["interval", "interval", "sleep", "timeout"]);
    assert.equal(new Date().toISOString(), "2026-01-01T00:00:01.000Z");
    assert.equal(performance.now() - started, 1000);
    clearInterval(interval);
  }
  assert.ok(Date.now() >= before);
  await sleep(1);
});

test("a gateway waits by this clock", async () => {
  using clock = fakeClock();
  const later = definePlugin({
    name: "later",
    apply: ({ hooks }) =>
      hooks.attemptFailed.tap("later", () => ({ retry: "same account", after: 60_000 })),
  });
  const upstream = scriptedUpstream([new AgproxyError("upstream_unavailable"), "a minute later"]);
  await using open = await openGateway({ plugins: [plainChat(), later, upstream.plugin] });
  let isOver = false;
  const asked = open.inject({ path: "/chat", body: {} }).finally(() => (isOver = true));
  await clock.advance(59_999);
  assert.deepEqual([upstream.sent.length, isOver], [1, false]);
  await clock.advance(1);
  assert.match((await asked).body, /a minute later/);
});

test("a request ends at its time limit by this clock", async () => {
  using clock = fakeClock();
  const silent = scriptedUpstream(async function* (_request, { exchange }) {
    await sleep(86_400_000, undefined, { signal: exchange.incoming.signal });
    yield [];
  });
  await using open = await openGateway({ plugins: [plainChat(), silent.plugin] });
  const asked = open.inject({ path: "/chat", body: {} });
  await clock.advance(600_000);
  const { status, body } = await asked;
  assert.equal(status, 504, body);
  assert.match(body, /request_timeout/);
});
