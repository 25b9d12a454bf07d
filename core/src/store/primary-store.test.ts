/** What `storeContract` promises, over a channel between two ends that copies as one between processes does. */
import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { test } from "node:test";
import { memoryStore } from "./memory-store.ts";
import { primaryStore } from "./primary-store.ts";
import { serveStore } from "./served-store.ts";
import type { Store } from "./store.ts";
import { storeContract, type StorePair } from "./store-contract.ts";

/** Takes what is sent to the other end. */
function carry(to: EventEmitter) {
  return (message: unknown) => {
    const text = JSON.stringify(message);
    setImmediate(() => to.emit("message", JSON.parse(text)));
  };
}

function worker(store: Store) {
  const [there, here] = [new EventEmitter(), new EventEmitter()];
  const ended = { isConnected: () => true, send: carry(here) };
  serveStore(store, Object.assign(there, ended));
  return primaryStore(Object.assign(here, { send: carry(there) }));
}

function twoWorkers(): StorePair {
  const store = memoryStore();
  const [one, other] = [worker(store), worker(store)];
  return { one, other, [Symbol.asyncDispose]: async () => store.close() };
}

for (const { promise, check } of storeContract) {
  test(`of two workers and their primary: ${promise}`, async () => {
    await using pair = twoWorkers();
    await check(pair, "contract");
  });
}

test("what fails in the primary fails in the worker, with the reason", async () => {
  const broken = { ...memoryStore(), get: () => Promise.reject(new Error("the disk is full")) };
  await assert.rejects(worker(broken).get("k"), /the disk is full/);
});
