import assert from "node:assert/strict";
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { changeKeyFile, defaultKeyFile, readKeyFile } from "./key-file.ts";
import type { KeyRecord } from "./key-record.ts";

async function place(context: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "agproxy-keys-"));
  context.after(() => rm(folder, { recursive: true }));
  return join(folder, "inner", "keys.json");
}

const record: KeyRecord = {
  name: "laptop",
  prefix: "sk-agp-0123",
  sha256: "0".repeat(64),
  created: "2026-01-01T00:00:00.000Z",
};

test("what is written is read again; the file and its folder are its owner's only", async (context) => {
  const file = await place(context);
  assert.deepEqual(readKeyFile(file), [], "no file, no key");
  await changeKeyFile(file, (keys) => [...keys, record]);
  assert.deepEqual(readKeyFile(file), [record]);
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  assert.equal((await stat(join(file, ".."))).mode & 0o777, 0o700);
  assert.deepEqual(await readdir(join(file, "..")), ["keys.json"], "no draft and no lock is left");
});

test("changes at once come one after the other", async (context) => {
  const file = await place(context);
  const names = Array.from({ length: 20 }, (_, index) => `key-${index}`);
  await Promise.all(
    names.map((name) => changeKeyFile(file, (keys) => [...keys, { ...record, name }])),
  );
  const written = readKeyFile(file).map(({ name }) => name);
  assert.deepEqual(written.toSorted(), names.toSorted());
});

test("a change that throws leaves the file as it was, and the way free", async (context) => {
  const file = await place(context);
  await changeKeyFile(file, () => [record]);
  const before = await readFile(file, "utf8");
  const failing = changeKeyFile(file, () => {
    throw new Error("no");
  });
  await assert.rejects(failing, /^Error: no$/);
  assert.equal(await readFile(file, "utf8"), before);
  assert.deepEqual(await readdir(join(file, "..")), ["keys.json"]);
});

test("where a command has died in the middle, the next one says what to do", async (context) => {
  const file = await place(context);
  await changeKeyFile(file, () => [record]);
  await writeFile(`${file}.lock`, "");
  const blocked = changeKeyFile(file, () => [], 0);
  await assert.rejects(blocked, /If none runs, delete .*keys\.json\.lock and try again/);
  assert.deepEqual(readKeyFile(file), [record]);
});

test("a file that others may write is not believed", async (context) => {
  const file = await place(context);
  await changeKeyFile(file, () => [record]);
  await chmod(file, 0o620);
  assert.throws(() => readKeyFile(file), /others may write into it: chmod 600/);
});

test("the text of a file that is no JSON is not quoted, nor in the cause", async (context) => {
  const file = await place(context);
  await changeKeyFile(file, () => []);
  await writeFile(file, "a-secret");
  assert.throws(
    () => readKeyFile(file),
    (error: Error) => !error.message.includes("a-secret") && error.cause === undefined,
  );
});

test("without a path of the config, keys lie with the user's state", () => {
  assert.equal(
    defaultKeyFile({ XDG_STATE_HOME: "/state" }),
    join("/state", "agproxy", "keys.json"),
  );
  assert.match(defaultKeyFile({}), /[/\\]\.local[/\\]state[/\\]agproxy[/\\]keys\.json$/);
});
