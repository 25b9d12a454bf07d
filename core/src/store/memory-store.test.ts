import assert from "node:assert/strict";
import { test } from "node:test";
import { memoryStore } from "./memory-store.ts";

test("a value lives as long as it was given", async () => {
  let now = 0;
  const store = memoryStore(undefined, () => now);
  await store.set("k", "v", 100);
  now = 99;
  assert.equal(await store.get("k"), "v");
  now = 100;
  assert.equal(await store.get("k"), undefined);
});

test("a counter expires from its first use, not its last", async () => {
  let now = 0;
  const store = memoryStore(undefined, () => now);
  assert.equal(await store.add("n", 2, 100), 2);
  now = 60;
  assert.equal(await store.add("n", 3, 100), 5);
  now = 100;
  assert.equal(await store.add("n", 1, 100), 1);
});

test("the oldest entries make room, by count and by bytes", async () => {
  const byCount = memoryStore({ entries: 2, bytes: 1e6 });
  for (const key of ["a", "b", "c"]) await byCount.set(key, key, 1e6);
  assert.equal(await byCount.get("a"), undefined);
  assert.equal(await byCount.get("c"), "c");
  const byBytes = memoryStore({ entries: 100, bytes: 50 });
  await byBytes.set("a", "x".repeat(15), 1e6);
  await byBytes.set("b", "x".repeat(15), 1e6);
  assert.equal(await byBytes.get("a"), undefined);
  assert.equal((await byBytes.get("b"))?.length, 15);
});

test("room is made by whoever has most, by count and by bytes", async () => {
  const limits = { entries: 10, bytes: 10_000 };
  const store = memoryStore(limits);
  await store.set("notes/ada/1", "ada", 1e6);
  for (let index = 0; index < 100; index += 1) await store.set(`notes/bob/${index}`, "", 1e6);
  assert.equal(await store.get("notes/ada/1"), "ada");
  assert.equal(await store.get("notes/bob/99"), "");
  for (let index = 0; index < 9; index += 1) {
    await store.set(`notes/cyd/${index}`, "x".repeat(2000), 1e6);
  }
  assert.equal(await store.get("notes/ada/1"), "ada");
  assert.equal((await store.get("notes/cyd/8"))?.length, 2000);
});

test("what has expired makes room before anything else", async () => {
  let now = 0;
  const store = memoryStore({ entries: 10, bytes: 1e6 }, () => now);
  await store.set("notes/ada/old", "kept", 1e6);
  for (let index = 0; index < 9; index += 1) await store.set(`notes/ada/${index}`, "", 100);
  now = 100;
  await store.set("notes/bob/new", "kept", 1e6);
  assert.equal(await store.get("notes/ada/old"), "kept");
  assert.equal(await store.get("notes/bob/new"), "kept");
});
