import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { createTurns } from "./turns.ts";

const never = new AbortController().signal;

/** Work that ends when it is told to. */
function work() {
  const ends: (() => void)[] = [];
  return { ends, run: () => new Promise<void>((resolve) => ends.push(resolve)) };
}

test("so many run at a time for a key, the others in order, and other keys beside them", async () => {
  const turns = createTurns(2);
  const { ends, run } = work();
  const order: number[] = [];
  const all = Array.from({ length: 5 }, (_, index) =>
    turns("one", never, async () => {
      order.push(index);
      await run();
    }),
  );
  const other = turns("two", never, run);
  for (let ended = 0; ended < 6; ended += 1) {
    await nextTurn();
    assert.ok(ends.length <= ended + 3);
    ends[ended]?.();
  }
  await Promise.all([...all, other]);
  assert.deepEqual(order, [0, 1, 2, 3, 4]);
  assert.equal(getEventListeners(never, "abort").length, 0);
});

test("who gives up while waiting is not run, and those behind it are", async () => {
  const turns = createTurns(1);
  const { ends, run } = work();
  const first = turns("one", never, run);
  const leaving = new AbortController();
  const second = turns("one", leaving.signal, () => assert.fail("it ran"));
  const third = turns("one", never, async () => "third");
  leaving.abort(new Error("left"));
  await assert.rejects(second, /left/);
  await assert.rejects(
    turns("one", leaving.signal, () => assert.fail("it ran")),
    /left/,
  );
  ends[0]?.();
  await first;
  assert.equal(await third, "third");
});

test("work that fails ends its turn", async () => {
  const turns = createTurns(1);
  const failing = turns("one", never, () => Promise.reject(new Error("failed")));
  const next = turns("one", never, async () => "next");
  await assert.rejects(failing, /failed/);
  assert.equal(await next, "next");
});
