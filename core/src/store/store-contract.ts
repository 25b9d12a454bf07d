import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { Store } from "./store.ts";

/** Two who share a place: one store where nobody else can open it. Keys of earlier checks may still be there. */
export interface StorePair extends AsyncDisposable {
  readonly one: Store;
  readonly other: Store;
}

/** One promise of a store, and what holds it to that. `name` is a word for keys that nobody else uses. */
export interface StorePromise {
  readonly promise: string;
  check(pair: StorePair, name: string): Promise<void>;
}

/** Long enough that nothing expires during a check. */
const longMs = 600_000;

/** What every store promises, for the tests of its author. */
export const storeContract: readonly StorePromise[] = [
  {
    promise: "what one writes the other reads, until it is deleted",
    async check({ one, other }, name) {
      assert.equal(await other.get(`${name}/ada/1`), undefined);
      await one.set(`${name}/ada/1`, "Grüße\u0000\n", longMs);
      assert.equal(await other.get(`${name}/ada/1`), "Grüße\u0000\n");
      await other.set(`${name}/ada/1`, "", longMs);
      assert.equal(await one.get(`${name}/ada/1`), "");
      await one.delete(`${name}/ada/1`);
      assert.equal(await other.get(`${name}/ada/1`), undefined);
    },
  },
  {
    promise: "a value, a counter and a place live as long as they were given",
    async check({ one, other }, name) {
      await one.set(`${name}/short`, "v", 1.5);
      await one.set(`${name}/long`, "v", longMs);
      await one.add(`${name}/count`, 2, 1.5);
      await one.claim(`${name}/place`, "ada", 1.5);
      await until(async () => (await other.get(`${name}/short`)) === undefined);
      await until(async () => (await other.add(`${name}/count`, 1, 20)) === 1);
      await until(async () => (await other.claim(`${name}/place`, "bob", longMs)) === 0);
      assert.equal(await other.get(`${name}/long`), "v");
    },
  },
  {
    promise: "counts of both at once are all counted",
    async check({ one, other }, name) {
      const counts = Array.from({ length: 100 }, (_, index) =>
        (index % 2 === 0 ? one : other).add(`${name}/count`, 1, longMs),
      );
      const sums = await Promise.all(counts);
      assert.equal(new Set(sums).size, 100);
      assert.equal(await one.add(`${name}/count`, -0.5, longMs), 99.5);
      assert.equal(Number(await other.get(`${name}/count`)), 99.5);
    },
  },
  {
    promise: "of those who set a value once, all get the same",
    async check({ one, other }, name) {
      const values = await Promise.all(
        ["a", "b", "c", "d"].map((value, index) =>
          (index % 2 === 0 ? one : other).setOnce(`${name}/once`, value, longMs),
        ),
      );
      assert.equal(new Set(values).size, 1);
      assert.equal(await other.get(`${name}/once`), values[0]);
    },
  },
  {
    promise: "a deletion of a certain value leaves another one alone",
    async check({ one, other }, name) {
      await one.set(`${name}/k`, "new", longMs);
      await other.delete(`${name}/k`, "old");
      assert.equal(await one.get(`${name}/k`), "new");
      await other.delete(`${name}/k`, "new");
      assert.equal(await one.get(`${name}/k`), undefined);
    },
  },
  {
    promise:
      "entries are those whose key begins with the very prefix, with the time they have left",
    async check({ one, other }, name) {
      await one.set(`${name}/a*/1`, "1", longMs);
      await one.set(`${name}/a*/2`, "2", longMs);
      await one.set(`${name}/ab/3`, "3", longMs);
      await one.set(`${name}/a`, "4", longMs);
      const found = await other.entries(`${name}/a*/`);
      const values = Object.fromEntries(found.map(({ key, value }) => [key, value]));
      assert.deepEqual(values, { [`${name}/a*/1`]: "1", [`${name}/a*/2`]: "2" });
      for (const { ttlMs } of found) assert.ok(ttlMs > 0 && ttlMs <= longMs, String(ttlMs));
    },
  },
  {
    promise: "of those who claim a key at once one has it, until it is released",
    async check({ one, other }, name) {
      const claims = Array.from({ length: 20 }, (_, index) =>
        (index % 2 === 0 ? one : other).claim(`${name}/lock`, `holder-${index}`, longMs),
      );
      const waits = await Promise.all(claims);
      assert.equal(waits.filter((wait) => wait === 0).length, 1);
      for (const wait of waits) assert.ok(wait >= 0 && wait <= longMs, String(wait));
      const holder = `holder-${waits.indexOf(0)}`;
      assert.equal(await one.claim(`${name}/lock`, holder, longMs), 0, "the holder may go on");
      await other.release(`${name}/lock`, "holder-of-nothing");
      assert.notEqual(await one.claim(`${name}/lock`, "next", longMs), 0);
      await other.release(`${name}/lock`, holder);
      assert.equal(await one.claim(`${name}/lock`, "next", longMs), 0);
    },
  },
  {
    promise: "a key has as many places as a claim says",
    async check({ one, other }, name) {
      const claims = Array.from({ length: 20 }, (_, index) =>
        (index % 2 === 0 ? one : other).claim(`${name}/room`, `guest-${index}`, longMs, 3),
      );
      const waits = await Promise.all(claims);
      assert.equal(waits.filter((wait) => wait === 0).length, 3);
      assert.notEqual(await one.claim(`${name}/room`, "late", longMs, 3), 0);
      assert.equal(await one.claim(`${name}/room`, "late", longMs, 4), 0);
      assert.notEqual(await one.claim(`${name}/room`, "later", longMs, 0), 0);
    },
  },
  {
    promise: "who watches hears what is there, and what either sets or deletes",
    async check({ one, other }, name) {
      await one.set(`${name}/w/1`, "before", longMs);
      const heard = new Map<string, string | undefined>();
      let count = 0;
      const stop = await other.watch(`${name}/w/`, (key, entry) => {
        heard.set(key.slice(name.length), entry?.value);
        count += 1;
        if (entry !== undefined) assert.ok(entry.ttlMs > 0 && entry.ttlMs <= longMs);
      });
      assert.deepEqual([...heard], [["/w/1", "before"]]);
      await one.set(`${name}/w/1`, "after", longMs);
      await one.set(`${name}/w/2`, "of one", longMs);
      await other.set(`${name}/w/3`, "of the other", longMs);
      await one.set(`${name}/elsewhere`, "unheard", longMs);
      await until(() => heard.get("/w/1") === "after");
      await until(() => heard.get("/w/2") === "of one");
      await until(() => heard.get("/w/3") === "of the other");
      await one.delete(`${name}/w/2`);
      await until(() => heard.get("/w/2") === undefined);
      assert.deepEqual([...heard.keys()].toSorted(), ["/w/1", "/w/2", "/w/3"]);
      stop();
      const before = count;
      let isHeard = false;
      const stopNext = await other.watch(`${name}/w/last`, () => (isHeard = true));
      await one.set(`${name}/w/last`, "unheard by the first", longMs);
      await until(() => isHeard);
      assert.equal(count, before);
      stopNext();
    },
  },
];

/** Waits until something holds; fails where that takes far too long. */
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + 10_000;
  while (!(await holds())) {
    assert.ok(Date.now() < end, "it did not come true within ten seconds");
    await sleep(5);
  }
}
