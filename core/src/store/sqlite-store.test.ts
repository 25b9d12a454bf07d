import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { promisify } from "node:util";
import { largestShare, sqliteStore } from "./sqlite-store.ts";

function file(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "agproxy-store-"));
  context.after(() => rmSync(folder, { recursive: true }));
  return join(folder, "store.sqlite");
}

test("what was written outlives the process that wrote it", async (context) => {
  const path = file(context);
  const first = sqliteStore(path);
  await first.set("k", "Grüße\u0000", 1e6);
  await first.add("n", 2, 1e6);
  first.close();
  const second = sqliteStore(path);
  assert.equal(await second.get("k"), "Grüße\u0000");
  assert.equal(await second.add("n", 3, 1e6), 5);
  await second.delete("k");
  assert.equal(await second.get("k"), undefined);
  second.close();
});

test("a counter begins anew when it has expired", async (context) => {
  let now = 0;
  const store = sqliteStore(file(context), undefined, () => now);
  assert.equal(await store.add("n", 2, 100), 2);
  now = 99;
  assert.equal(await store.add("n", 3, 100), 5, "and its time is not prolonged");
  now = 100;
  assert.equal(await store.add("n", 1, 100), 1);
  store.close();
});

test("processes that open a new store and count at once are not locked out, and lose nothing", async (context) => {
  const path = file(context);
  const module = JSON.stringify(new URL("sqlite-store.ts", import.meta.url).href);
  const script = `
    const { sqliteStore } = await import(${module});
    const store = sqliteStore(${JSON.stringify(path)});
    for (let count = 0; count < 500; count += 1) await store.add("n", 1, 1e6);
    store.close();
  `;
  const run = promisify(execFile);
  const node = () => run(process.execPath, ["--input-type=module", "--eval", script]);
  await Promise.all([node(), node(), node()]);
  const store = sqliteStore(path);
  assert.equal(await store.add("n", 0, 1e6), 1500);
  store.close();
});

test("only its owner can read the file", (context) => {
  const path = file(context);
  const store = sqliteStore(path);
  assert.equal(statSync(path).mode & 0o777, 0o600);
  store.close();
});

test("a value lives as long as it was given", async (context) => {
  let now = 0;
  const store = sqliteStore(file(context), undefined, () => now);
  await store.set("k", "v", 100);
  now = 99;
  assert.equal(await store.get("k"), "v");
  now = 100;
  assert.equal(await store.get("k"), undefined);
  store.close();
});

test("the oldest entries make room for new ones", async (context) => {
  let now = 0;
  const store = sqliteStore(file(context), { entries: 10, bytes: 1e9 }, () => now);
  for (now = 1; now <= 257; now += 1) await store.set(`k${now}`, "v", 1e6);
  assert.equal(await store.get("k247"), undefined);
  assert.equal(await store.get("k257"), "v");
  store.close();
});

test("room is made by those who have more than their share", async (context) => {
  let now = 0;
  const store = sqliteStore(file(context), { entries: 10, bytes: 1e9 }, () => (now += 1));
  await store.set("notes/ada/1", "ada", 1e6);
  for (let index = 0; index < 256; index += 1) await store.set(`notes/bob/${index}`, "", 1e6);
  assert.equal(await store.get("notes/ada/1"), "ada");
  assert.equal(await store.get("notes/bob/0"), undefined);
  assert.equal(await store.get("notes/bob/255"), "");
  store.close();
});

test("what small ones leave of the room is for the large", () => {
  assert.equal(largestShare([1, 100, 100], 101), 50);
  assert.equal(largestShare([1, 2, 3], 10), 10);
  assert.equal(largestShare([], 10), 10);
});
