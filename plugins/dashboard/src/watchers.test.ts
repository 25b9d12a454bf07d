import assert from "node:assert/strict";
import { test } from "node:test";
import { Watchers } from "./watchers.ts";

/** Opens a page that has read its first event. */
async function opened(watchers: Watchers, signal = new AbortController().signal) {
  const stream = watchers.stream("start", {}, signal);
  assert.equal((await stream.next()).value, "event: start\ndata: {}\n\n");
  return stream;
}

test("what is told while a page reads nothing comes in one piece", async () => {
  const watchers = new Watchers();
  const stream = await opened(watchers);
  watchers.tell("news", 1);
  watchers.tell("news", 2);
  const { value } = await stream.next();
  assert.equal(value, "event: news\ndata: 1\n\nevent: news\ndata: 2\n\n");
});

test("a page that does not read is let go, and nothing is kept for it", async () => {
  const watchers = new Watchers();
  const reader = await opened(watchers);
  const sleeper = await opened(watchers);
  assert.equal(watchers.size, 2);
  for (let told = 0; told < 6; told += 1) {
    watchers.tell("news", "x".repeat(1024 * 1024));
    await reader.next();
  }
  assert.equal(watchers.size, 1);
  let left = 0;
  for await (const frames of sleeper) left += frames.length;
  assert.ok(left < 1024, `${left}`);
});

test("a page that leaves is forgotten at once", async () => {
  const watchers = new Watchers();
  const leaving = new AbortController();
  const stream = await opened(watchers, leaving.signal);
  const waiting = stream.next();
  leaving.abort();
  await waiting;
  assert.equal(watchers.size, 0);
});

test("at the end every stream ends", async () => {
  const watchers = new Watchers();
  const stream = await opened(watchers);
  const rest = Array.fromAsync(stream);
  watchers.close();
  await rest;
  assert.equal(watchers.size, 0);
});
