import assert from "node:assert/strict";
import { test } from "node:test";
import type { Caller, Store } from "@agproxy/core";
import { fakeClock, memoryStore } from "@agproxy/core/testing";
import { FileStorageFull } from "./errors.ts";
import { createShelf } from "./shelf.ts";
import type { NewFile } from "./stored-file.ts";

const caller = (id: string): Caller => ({ id, name: id });
const [ada, bob] = [caller("ada"), caller("b/o%b")];

const hour = 3_600_000;
const limits = { maxCallerBytes: 100, maxTotalBytes: 150, maxFiles: 3 };

function fileOf(bytes: number, lifetimeMs = hour): NewFile {
  const data = Buffer.alloc(bytes, 1).toString("base64");
  return { filename: "a.txt", mimeType: "text/plain", purpose: "user_data", lifetimeMs, data };
}

test("a file is found by its caller alone, until it is deleted", async () => {
  const shelf = createShelf(memoryStore(), limits);
  const file = await shelf.put(ada, fileOf(10));
  assert.match(file.id, /^file-[0-9a-f]{32}$/);
  assert.equal(file.bytes, 10);
  assert.deepEqual(await shelf.find(ada, file.id), file);
  assert.equal(await shelf.content(ada, file), fileOf(10).data);
  assert.equal(await shelf.find(bob, file.id), undefined);
  assert.equal(await shelf.delete(bob, file.id), false);
  assert.deepEqual(await shelf.list(bob), []);
  assert.equal(await shelf.delete(ada, file.id), true);
  assert.equal(await shelf.delete(ada, file.id), false);
  assert.equal(await shelf.find(ada, file.id), undefined);
  assert.equal(await shelf.content(ada, file), undefined);
});

test("a file of many pieces comes back as it was, and leaves nothing behind", async () => {
  const store = memoryStore();
  const much = 3 * 1024 * 1024;
  const shelf = createShelf(store, { ...limits, maxCallerBytes: much, maxTotalBytes: much });
  for (const bytes of [much, much - 1, much - 2, 1024 * 1024 * 0.75, 1024 * 1024 * 0.75 + 1]) {
    const given = fileOf(bytes);
    const file = await shelf.put(ada, given);
    assert.equal(file.bytes, bytes);
    assert.ok((await shelf.content(ada, file)) === given.data);
    const { id } = file;
    const pieces = await store.entries(`file-contents/ada/${id}/`);
    assert.equal(pieces.length, Math.ceil(given.data.length / (1024 * 1024)));
    await shelf.delete(ada, id);
    assert.deepEqual(await store.entries("file-contents/"), []);
  }
  assert.deepEqual(await store.entries("file"), [], "nor a list, nor a share, nor a lock");
});

test("a caller has so many files and bytes, and all callers have so many together", async () => {
  const shelf = createShelf(memoryStore(), limits);
  const put = (who: Caller, bytes: number) => shelf.put(who, fileOf(bytes));
  const first = await put(ada, 60);
  await assert.rejects(put(ada, 41), FileStorageFull);
  await put(ada, 40);
  await assert.rejects(put(bob, 51), { message: /all callers/, status: 413 });
  await put(bob, 50);
  await assert.rejects(put(bob, 1), FileStorageFull);
  await shelf.delete(ada, first.id);
  for (const _ of [1, 2]) await put(bob, 5);
  await assert.rejects(put(bob, 1), { message: /3 files/ });
});

test("files that come at once do not go beyond the limits, on two instances either", async () => {
  const store = { ...memoryStore(), isShared: true };
  const shelves = [createShelf(store, limits), createShelf(store, limits)] as const;
  const sent = await Promise.allSettled(
    Array.from({ length: 12 }, (_, index) => shelves[index % 2 === 0 ? 0 : 1].put(ada, fileOf(40))),
  );
  assert.equal(sent.filter(({ status }) => status === "fulfilled").length, 2);
  for (const shelf of shelves) assert.equal((await shelf.list(ada)).length, 2);
});

test("a file is gone at its time, and its room is free again", async () => {
  using clock = fakeClock();
  const shelf = createShelf(memoryStore(), { ...limits, maxTotalBytes: 100 });
  const short = await shelf.put(ada, fileOf(50, hour));
  const long = await shelf.put(bob, fileOf(50, 2 * hour));
  assert.equal(short.expires, short.created + hour);
  await clock.advance(hour - 1);
  assert.deepEqual(await shelf.list(ada), [short]);
  await clock.advance(1);
  assert.deepEqual(await shelf.list(ada), []);
  assert.equal(await shelf.content(ada, short), undefined);
  assert.deepEqual(await shelf.list(bob), [long]);
  await shelf.put(ada, fileOf(50, hour));
});

test("a file that has expired takes no room of other callers, though its caller has one that lives on", async () => {
  using clock = fakeClock();
  const shelf = createShelf(memoryStore(), { ...limits, maxTotalBytes: 100 });
  await shelf.put(ada, fileOf(50, hour));
  await shelf.put(ada, fileOf(10, 2 * hour));
  await assert.rejects(shelf.put(bob, fileOf(90)), { message: /all callers/ });
  await clock.advance(hour);
  await shelf.put(bob, fileOf(90));
  await assert.rejects(shelf.put(bob, fileOf(1)), { message: /all callers/ });
});

test("a file is listed once all of it is there, and a store that fails keeps nothing of it", async () => {
  const store = memoryStore();
  const arrived = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  const slow = {
    ...store,
    async set(key: string, value: string, ttlMs: number): Promise<void> {
      if (key.startsWith("file-contents/")) {
        arrived.resolve();
        await goOn.promise;
      }
      await store.set(key, value, ttlMs);
    },
  };
  const shelf = createShelf(slow, limits);
  const putting = shelf.put(ada, fileOf(100));
  await arrived.promise;
  assert.deepEqual(await shelf.list(ada), []);
  await assert.rejects(shelf.put(ada, fileOf(1)), FileStorageFull, "its room is taken");
  goOn.resolve();
  const file = await putting;
  assert.deepEqual(await shelf.list(ada), [file]);
  await shelf.delete(ada, file.id);

  const set: typeof store.set = async (key, ...rest) => {
    if (key.startsWith("file-contents/")) throw new Error("the disk is full");
    await store.set(key, ...rest);
  };
  const failing = createShelf({ ...store, set }, limits);
  await assert.rejects(failing.put(ada, fileOf(100)), /the disk is full/);
  assert.deepEqual(await store.entries("file"), []);
});

test("what a process that died was writing takes room for ten minutes", async () => {
  using clock = fakeClock();
  const store = memoryStore();
  const begun = Promise.withResolvers<void>();
  const set: typeof store.set = (key, ...rest) => {
    if (!key.startsWith("file-contents/")) return store.set(key, ...rest);
    begun.resolve();
    return new Promise(() => {});
  };
  void createShelf({ ...store, set }, limits).put(ada, fileOf(100));
  await begun.promise;
  const other = createShelf(store, limits);
  await assert.rejects(other.put(ada, fileOf(1)), FileStorageFull);
  await clock.advance(10 * 60_000);
  await other.put(ada, fileOf(100));
});

test("what a process that died was writing takes room of other callers for ten minutes, beside a file that lives on", async () => {
  using clock = fakeClock();
  const store = memoryStore();
  const shelf = createShelf(store, limits);
  await shelf.put(ada, fileOf(10, 2 * hour));
  const begun = Promise.withResolvers<void>();
  const set: typeof store.set = (key, ...rest) => {
    if (!key.startsWith("file-contents/")) return store.set(key, ...rest);
    begun.resolve();
    return new Promise(() => {});
  };
  void createShelf({ ...store, set }, limits).put(ada, fileOf(90));
  await begun.promise;
  await assert.rejects(shelf.put(bob, fileOf(100)), { message: /all callers/ });
  await clock.advance(10 * 60_000);
  await shelf.put(bob, fileOf(100));
});

test("a file is found though its list is lost, as after a time without the shared store", async () => {
  const store = memoryStore();
  const shelf = createShelf(store, limits);
  const file = await shelf.put(ada, fileOf(10));
  await store.delete("file-lists/ada");
  assert.deepEqual(await shelf.find(ada, file.id), file);
  assert.equal(await shelf.delete(ada, file.id), true);
  assert.deepEqual(await store.entries("file"), []);
});

test("an id that was not made here leads to no key", async () => {
  const store = memoryStore();
  const shelf = createShelf(store, limits);
  const { id } = await shelf.put(bob, fileOf(10));
  for (const other of [`../b%2Fo%25b/${id}`, `${id}/0`, "", "toString", `${id} `]) {
    assert.equal(await shelf.find(bob, other), undefined);
  }
});

test("a file whose content the store has dropped cannot be read, and can be deleted", async () => {
  const store = memoryStore();
  const shelf = createShelf(store, limits);
  const file = await shelf.put(ada, fileOf(10));
  await store.delete(`file-contents/ada/${file.id}/0`);
  assert.equal(await shelf.content(ada, file), undefined);
  assert.equal(await shelf.delete(ada, file.id), true);
  assert.deepEqual(await store.entries("file"), []);
});

test("a read while the shared store is gone deletes no file, no list and no share", async () => {
  const store = memoryStore();
  const shelf = createShelf(store, limits);
  const file = await shelf.put(ada, fileOf(10));
  const other = await shelf.put(ada, fileOf(20));
  const before = await keysAndValues(store);
  const gone = { ...store, get: noValue };
  assert.equal(await createShelf(gone, limits).content(ada, file), undefined);
  assert.deepEqual(await keysAndValues(store), before);
  assert.equal(await shelf.content(ada, file), fileOf(10).data);
  assert.deepEqual(await shelf.list(ada), [other, file]);
});

/** As the store that stands in for one that is gone, and knows nothing of it. */
const noValue = (): Promise<undefined> => Promise.resolve(undefined);

async function keysAndValues(store: Store): Promise<readonly (readonly [string, string])[]> {
  return (await store.entries("file")).map(({ key, value }) => [key, value] as const);
}
