/** What `storeContract` promises, of the stores that core has. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { memoryStore } from "./memory-store.ts";
import { sqliteStore } from "./sqlite-store.ts";
import { storeContract, type StorePair } from "./store-contract.ts";

function inMemory(): StorePair {
  const store = memoryStore();
  return { one: store, other: store, [Symbol.asyncDispose]: async () => store.close() };
}

function inOneFile(): StorePair {
  const folder = mkdtempSync(join(tmpdir(), "agproxy-store-"));
  const [one, other] = [sqliteStore(join(folder, "s")), sqliteStore(join(folder, "s"))];
  return {
    one,
    other,
    async [Symbol.asyncDispose]() {
      one.close();
      other.close();
      rmSync(folder, { recursive: true });
    },
  };
}

for (const [place, open] of [
  ["memory", inMemory],
  ["a SQLite file with two processes", inOneFile],
] as const) {
  for (const { promise, check } of storeContract) {
    test(`in ${place}: ${promise}`, async () => {
      await using pair = open();
      await check(pair, "contract");
    });
  }
}
