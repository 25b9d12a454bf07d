import assert from "node:assert/strict";
import { test } from "node:test";
import { FrameQueue } from "./frame-queue.ts";

const never = new AbortController().signal;

test("frames arrive in order, those that waited together as one", async () => {
  const queue = new FrameQueue(never);
  void queue.push("a");
  void queue.push("b");
  const reader = queue[Symbol.asyncIterator]();
  assert.deepEqual(await reader.next(), { done: false, value: "ab" });
  const next = reader.next();
  void queue.push("c");
  assert.deepEqual(await next, { done: false, value: "c" });
  queue.end("d");
  assert.deepEqual(await reader.next(), { done: false, value: "d" });
  assert.equal((await reader.next()).done, true);
});

test("a writer that is ahead waits until its reader has caught up", async () => {
  const queue = new FrameQueue(never);
  assert.equal(queue.push("a"), undefined);
  const waiting = queue.push("b");
  assert.ok(waiting instanceof Promise);
  let waited = false;
  const done = waiting.then(() => (waited = true));
  assert.equal(waited, false);
  await queue[Symbol.asyncIterator]().next();
  await done;
});

test("a reader that leaves lets the writer go and gets nothing more", async () => {
  const leave = new AbortController();
  const queue = new FrameQueue(leave.signal);
  void queue.push("a");
  const waiting = queue.push("b");
  leave.abort();
  await waiting;
  assert.equal(queue.push("c"), undefined);
  assert.equal((await queue[Symbol.asyncIterator]().next()).done, true);
});
