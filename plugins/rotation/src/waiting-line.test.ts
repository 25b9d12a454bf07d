import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { type Ticket, WaitingLine } from "./waiting-line.ts";

const never = new AbortController().signal;

/** A line at a time that the test turns, and who was served in which order. */
function world() {
  mock.timers.enable({ apis: ["setTimeout", "Date"], now: 0 });
  const changes = {
    count: 0,
    happened() {
      changes.count += 1;
      line.wake();
    },
  };
  const line = new WaitingLine({ now: Date.now, steady: Date.now }, changes);
  const served: string[] = [];
  let room = 0;
  let orders = 0;
  const ticket = (caller: string): Ticket => ({ caller, order: (orders += 1), endsAt: 1000 });

  /** Waits as an exchange does: looks when it is woken, and waits on where there is no room. */
  const join = async (name: string, own = ticket(name), signal = never): Promise<boolean> => {
    for (let seen = -1; ; seen = changes.count) {
      if (!(await line.wait({ ticket: own, signal, seen, until: undefined }))) return false;
      if (room === 0) continue;
      room -= 1;
      served.push(name);
      line.passed(own);
      return true;
    }
  };
  const free = (count: number) => {
    room += count;
    changes.happened();
  };
  return { line, served, join, free, ticket, [Symbol.dispose]: () => mock.timers.reset() };
}

/** Lets everything happen that waits for nothing but its turn. */
async function settle(): Promise<void> {
  for (let step = 0; step < 50; step += 1) await Promise.resolve();
}

test("those of one caller are served in the order in which they came", async () => {
  using w = world();
  const [first, second, third] = [w.ticket("a"), w.ticket("a"), w.ticket("a")];
  for (const [name, ticket] of [
    ["third", third],
    ["first", first],
    ["second", second],
  ] as const) {
    void w.join(name, ticket);
  }
  await settle();
  w.free(2);
  await settle();
  w.free(1);
  await settle();
  assert.deepEqual(w.served, ["first", "second", "third"]);
});

test("callers take turns, however many one of them sends", async () => {
  using w = world();
  for (let number = 1; number <= 5; number += 1) void w.join("loud");
  void w.join("quiet");
  await settle();
  for (let number = 0; number < 6; number += 1) {
    w.free(1);
    await settle();
  }
  assert.deepEqual(w.served.slice(0, 2).toSorted(), ["loud", "quiet"]);
  assert.equal(w.served.length, 6);
});

test("whoever comes while others wait has to wait too", async () => {
  using w = world();
  const own = w.ticket("a");
  assert.equal(w.line.isBefore(own), false);
  void w.join("a");
  await settle();
  assert.equal(w.line.isBefore(own), true);
  w.free(1);
  await settle();
  assert.equal(w.line.isBefore(own), false);
  assert.equal(w.line.isOver, true);
});

test("one that can go nowhere does not hold up those behind it", async () => {
  using w = world();
  // It looks in vain, as one does whom every account has refused.
  const stuck = w.ticket("a");
  const waitInVain = async () => {
    for (let seen = -1; ; seen += 1) {
      const mayTry = await w.line.wait({ ticket: stuck, signal: never, seen, until: undefined });
      if (!mayTry) return;
    }
  };
  void waitInVain();
  void w.join("behind", w.ticket("a"));
  await settle();
  w.free(1);
  await settle();
  assert.deepEqual(w.served, ["behind"]);
});

test("whoever waits gives up at their time, and when the client leaves", async () => {
  using w = world();
  const left = new AbortController();
  const [tired, gone] = [w.join("tired"), w.join("gone", w.ticket("b"), left.signal)];
  await settle();
  left.abort();
  assert.equal(await gone, false);
  mock.timers.tick(1000);
  assert.equal(await tired, false);
  assert.equal(w.line.isOver, true);
});

test("the line wakes by itself when something is known to change", async () => {
  using w = world();
  const own = w.ticket("a");
  let woken = 0;
  void w.line.wait({ ticket: own, signal: never, seen: 0, until: 300 }).then(() => (woken += 1));
  mock.timers.tick(299);
  await settle();
  assert.equal(woken, 0);
  mock.timers.tick(1);
  await settle();
  assert.equal(woken, 1);
});

test("a change between looking and waiting is not missed", async () => {
  using w = world();
  w.free(1);
  const own = w.ticket("a");
  // It looked before the change.
  assert.equal(await w.line.wait({ ticket: own, signal: never, seen: 0, until: undefined }), true);
});
