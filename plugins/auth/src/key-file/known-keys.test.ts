import assert from "node:assert/strict";
import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { AgproxyError, type Log } from "@agproxy/core";
import { keyFile } from "./key-file.ts";
import { callerIdOf, digestOf, newKey, shownPart } from "./key-text.ts";
import { KnownKeys } from "./known-keys.ts";

async function file(context: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "agproxy-keys-"));
  context.after(() => rm(folder, { recursive: true }));
  return join(folder, "keys.json");
}

/** A log, and the messages in it. */
function listening() {
  const said: string[] = [];
  const note = (_: unknown, message?: string) => void said.push(message ?? "");
  const log: Log = { debug: note, info: note, warn: note, error: note };
  return { log, said };
}

const record = (key: string) => ({
  name: "laptop",
  prefix: shownPart(key),
  sha256: digestOf(key),
  created: "2026-01-01T00:00:00.000Z",
});

test("a key that is taken out of the file is unknown, and its caller is told so in the middle of things", async (context) => {
  const path = await file(context);
  const key = newKey();
  await keyFile(path).change(() => [record(key)]);
  const known = new KnownKeys({ path, isChosen: true }, listening().log, Date.now);
  const caller = known.find(key);
  assert.ok(caller !== undefined && !(caller instanceof AgproxyError));
  assert.deepEqual(caller, { id: callerIdOf(digestOf(key)), name: "laptop" });
  assert.equal(known.size, 1);
  await keyFile(path).change(() => []);
  const ended = known.grantOf(caller);
  assert.ok(ended instanceof AgproxyError && ended.message.includes("no longer known"));
  assert.equal(known.find(key), undefined);
  assert.equal(known.size, 0);
});

test("a place that this user cannot open is a warning, unless the config names it", async (context) => {
  const path = await file(context);
  // A link to itself: no user can open it, nor can the superuser.
  await symlink(path, path);
  const { log, said } = listening();
  const known = new KnownKeys({ path, isChosen: false }, log, Date.now);
  assert.equal(known.size, 0);
  assert.deepEqual(said, ["there are no keys but those of the config"]);
  assert.throws(
    () => new KnownKeys({ path, isChosen: true }, log, Date.now),
    /cannot be used: ELOOP/,
  );
});

test("a garbled file is no start, wherever it lies", async (context) => {
  const path = await file(context);
  await writeFile(path, "{");
  const start = () => new KnownKeys({ path, isChosen: false }, listening().log, Date.now);
  assert.throws(start, /it is no JSON/);
});
