import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { AgproxyError, type ErrorCode, failureKind } from "@agproxy/core";
import { coolDownTime, timerLimitMs, upstreamDelayMs } from "./cool-down-time.ts";
import { CoolDowns, type CoolingKey } from "./cool-downs.ts";

const minutes = 60_000;

function time(code: ErrorCode, failuresInRow: number, retryAfter?: number): number {
  const error = new AgproxyError(code, undefined, retryAfter === undefined ? {} : { retryAfter });
  return coolDownTime(failureKind(code), error, failuresInRow);
}

test("a limit lasts as long as the upstream says, but no longer than its kind of limit can", () => {
  assert.equal(time("quota_exhausted", 0, 20 * 60 * minutes), 20 * 60 * minutes);
  const forged = 99_999_999_999_000;
  assert.equal(time("quota_exhausted", 0, forged), 25 * 60 * minutes);
  assert.equal(time("rate_limit_exceeded", 0, forged), 60 * minutes);
  assert.equal(time("upstream_unavailable", 0, forged), 60_000);
  assert.equal(time("rate_limit_exceeded", 5, 34_400), 34_400);
  assert.equal(time("rate_limit_exceeded", 0, 0), 100);
  assert.equal(time("rate_limit_exceeded", 0, 500), 500);
});

test("a limit without a time grows to an end", () => {
  const times = [0, 1, 2, 50].map((failuresInRow) => time("rate_limit_exceeded", failuresInRow));
  assert.deepEqual(times, [10_000, 20_000, 40_000, 10 * minutes]);
  assert.equal(time("quota_exhausted", 0), 5 * minutes);
  assert.equal(time("quota_exhausted", 50), 60 * minutes);
});

test("passing faults cool for seconds, whatever the upstream says", () => {
  assert.equal(time("upstream_unavailable", 0), 2000);
  assert.equal(time("model_overloaded", 50), 60_000);
  assert.equal(time("upstream_failed", 50), 30_000);
  assert.equal(time("upstream_failed", 0, 3_600_000), 30_000);
});

test("rejected credentials cool for minutes, a missing model for one", () => {
  assert.equal(time("account_rejected", 0), 5 * minutes);
  assert.equal(time("account_suspended", 0), 360 * minutes);
  assert.equal(time("account_forbidden", 0), 30_000);
  assert.equal(time("model_not_found", 0), minutes);
});

test("the request's own faults and malformed calls cool nothing", () => {
  for (const code of ["invalid_request", "client_closed_request", "malformed_tool_call"] as const) {
    assert.equal(time(code, 3, 60_000), 0);
  }
});

const retryAfterMs = (retryAfter: number) =>
  upstreamDelayMs(new AgproxyError("no_account", "", { retryAfter }));

test("a told delay that makes no sense is none, one too long for a timer is cut", () => {
  assert.equal(retryAfterMs(Number.NaN), undefined);
  assert.equal(retryAfterMs(-1), undefined);
  assert.equal(retryAfterMs(Number.POSITIVE_INFINITY), timerLimitMs);
});

const fault = (time: (failuresInRow: number) => number) => ({
  error: new AgproxyError("rate_limit_exceeded"),
  isLate: false,
  time,
});

/** The cool-down that holds at a time. */
const active = (coolDowns: CoolDowns, what: CoolingKey, now: number) => {
  const known = coolDowns.known(what, now);
  return known !== undefined && known.until > now ? known : undefined;
};

const key = (owner: string, what: string) => ({ owner, what });
const a = key("a", "it");

test("a cool-down is over at its time", () => {
  const coolDowns = new CoolDowns();
  coolDowns.start(
    a,
    1000,
    fault(() => 500),
  );
  assert.equal(active(coolDowns, a, 1499)?.until, 1500);
  assert.equal(active(coolDowns, a, 1500), undefined);
  assert.equal(active(coolDowns, key("a", "other"), 1000), undefined);
});

test("failures of one burst count once and never shorten", () => {
  const coolDowns = new CoolDowns();
  const failuresInRow: number[] = [];
  const start = (now: number, ms: number) =>
    coolDowns.start(
      a,
      now,
      fault((count) => (failuresInRow.push(count), ms)),
    );
  start(0, 1000);
  start(1, 10);
  assert.equal(active(coolDowns, a, 999)?.until, 1000);
  start(1000, 1000);
  start(1001, 1000);
  assert.deepEqual(failuresInRow, [0, 0, 1, 1]);
});

test("a success, or a long quiet time, ends the row of failures", () => {
  const coolDowns = new CoolDowns();
  const failuresInRowAt = (now: number) => {
    let seen = -1;
    coolDowns.start(
      a,
      now,
      fault((count) => ((seen = count), 10)),
    );
    return seen;
  };
  failuresInRowAt(0);
  assert.equal(failuresInRowAt(10), 1);
  coolDowns.forgive(a, 20);
  assert.equal(failuresInRowAt(20), 0);
  assert.equal(failuresInRowAt(20 + 11 * minutes), 0);
});

test("a success does not end a cool-down that began after it was asked", () => {
  const coolDowns = new CoolDowns();
  coolDowns.start(
    a,
    0,
    fault(() => 100),
  );
  coolDowns.forgive(a, 50);
  assert.equal(active(coolDowns, a, 51)?.until, 100);
});

test("an owner is told apart from one that has nothing cooling, at once", () => {
  const coolDowns = new CoolDowns();
  const other = key("a", "other");
  for (const each of [a, other])
    coolDowns.start(
      each,
      0,
      fault(() => 10),
    );
  coolDowns.forgive(a, 10);
  assert.deepEqual([coolDowns.has("a"), coolDowns.has("b")], [true, false]);
  coolDowns.forgive(other, 10);
  assert.deepEqual([coolDowns.has("a"), coolDowns.size], [false, 0]);
});

test("the number of cool-downs is bounded; what is over goes first, then the oldest", () => {
  const coolDowns = new CoolDowns(3);
  const later = 20 * minutes;
  const [a1, a2, b1, b2, c1] = [
    key("a", "1"),
    key("a", "2"),
    key("b", "1"),
    key("b", "2"),
    key("c", "1"),
  ];
  const left = () => [a1, b1, a2, c1, b2].filter((each) => active(coolDowns, each, later));
  for (const each of [a1, b1, a2])
    coolDowns.start(
      each,
      0,
      fault(() => (each === b1 ? 1 : 1e9)),
    );
  coolDowns.start(
    c1,
    later,
    fault(() => 1e9),
  );
  assert.deepEqual(left(), [a1, a2, c1]);
  coolDowns.start(
    b2,
    later,
    fault(() => 1e9),
  );
  assert.deepEqual(left(), [a2, c1, b2]);
  assert.equal(coolDowns.size, 3);
});

test("a cool-down keeps nothing of the exchange alive that failed: its trace and its cause would", async () => {
  setFlagsFromString("--expose-gc");
  const collectGarbage = runInNewContext("gc") as () => void;
  const coolDowns = new CoolDowns();
  const fail = () => {
    const body = { text: "a long prompt" };
    const cause = Object.assign(new Error("reset"), { body });
    const error = new AgproxyError("upstream_cut", "It broke off.", { cause, advice: body.text });
    coolDowns.start(a, 0, { error, isLate: true, time: () => 1000 });
    return new WeakRef(body);
  };
  const body = fail();
  // A WeakRef holds what it refers to until the turn is over.
  await nextTurn();
  collectGarbage();
  assert.equal(body.deref(), undefined);
  const { message, advice, cause } = coolDowns.get(a)?.error ?? {};
  assert.deepEqual([message, advice, cause], ["It broke off.", "a long prompt", undefined]);
});

test("a clock that is set back lengthens no cool-down: it begins again at most", () => {
  const coolDowns = new CoolDowns();
  coolDowns.start(
    a,
    1_000_000,
    fault(() => 500),
  );
  assert.equal(active(coolDowns, a, 1000)?.until, 1500);
  assert.equal(active(coolDowns, a, 1499)?.until, 1500);
  assert.equal(active(coolDowns, a, 1500), undefined);
});
