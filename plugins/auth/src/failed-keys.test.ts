import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { test } from "node:test";
import type { AgproxyError } from "@agproxy/core";
import { countFailures, delayLimits, delayRefusals, type DelayLimits } from "./failed-keys.ts";

const never = new AbortController().signal;

test("the delay begins after some failures, doubles, and has a ceiling", () => {
  const fail = countFailures(delayLimits);
  const delays = Array.from({ length: 12 }, (_, second) => fail("one", second * 1000));
  assert.deepEqual(delays, [0, 0, 0, 0, 0, 250, 500, 1000, 2000, 4000, 5000, 5000]);
  assert.equal(fail("another", 12_000), 0, "it is one client's only");
});

test("after a while without failures a client starts anew", () => {
  const fail = countFailures(delayLimits);
  for (let count = 0; count < 20; count += 1) fail("one", count);
  assert.equal(fail("one", 19 + delayLimits.forgetAfterMs - 1), 5000);
  assert.equal(fail("one", 19 + 2 * delayLimits.forgetAfterMs), 0);
});

test("a million clients are not remembered, and the one that still fails is", () => {
  const fail = countFailures({ ...delayLimits, maxClients: 100 });
  const before = process.memoryUsage().heapUsed;
  let delay = 0;
  for (let count = 0; count < 1_000_000; count += 1) {
    fail(`client ${count}`, count);
    if (count % 50 === 0) delay = fail("the one", count);
  }
  assert.equal(delay, 5000);
  assert.ok(process.memoryUsage().heapUsed - before < 64 * 1024 * 1024);
});

/** A client whose every wrong key waits until the test ends it. */
const slow: DelayLimits = { ...delayLimits, freeFailures: 0, firstDelayMs: 600_000 };
const forever: DelayLimits = {
  ...slow,
  maxDelayMs: 600_000,
  maxWaiting: 3,
  maxWaitingPerClient: 2,
};

test("over the limit nobody waits: the refusal comes at once and says when to come again", async () => {
  const stop = new AbortController();
  const refuse = delayRefusals(forever, stop.signal);
  const from = (remoteAddress: string) => refuse({ remoteAddress, signal: never });
  const waiting = [from("192.0.2.1"), from("192.0.2.1"), from("192.0.2.2")];
  for (const address of ["192.0.2.1", "192.0.2.3"]) {
    await assert.rejects(from(address), (error: AgproxyError) => {
      assert.equal(error.status, 429);
      assert.equal(error.retryAfter, 600_000);
      return true;
    });
  }
  stop.abort();
  await Promise.all(waiting);
});

test("who leaves waits no longer, and makes room", async () => {
  const refuse = delayRefusals({ ...forever, maxWaitingPerClient: 1 }, never);
  for (let count = 0; count < 10; count += 1) {
    const client = new AbortController();
    const waiting = refuse({ remoteAddress: "2001:db8::1", signal: client.signal });
    const other = refuse({ remoteAddress: "2001:db8::2", signal: never });
    await assert.rejects(other, /Too many/, "one /64 is one client");
    client.abort();
    await waiting;
  }
  assert.equal(getEventListeners(never, "abort").length, 0);
});
