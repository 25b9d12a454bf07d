import assert from "node:assert/strict";
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { PrivateFile, stateFile } from "./private-file.ts";

async function place(context: TestContext): Promise<PrivateFile<readonly string[]>> {
  const folder = await mkdtemp(join(tmpdir(), "agproxy-private-"));
  context.after(() => rm(folder, { recursive: true }));
  return new PrivateFile(join(folder, "inner", "notes.json"), {
    what: "list of notes",
    empty: [],
    read: (text) => JSON.parse(text) as readonly string[],
    write: (notes) => JSON.stringify(notes),
  });
}

test("what is written is read again; the file and its folder are its owner's only", async (context) => {
  const file = await place(context);
  assert.deepEqual(file.read(), [], "no file, no note");
  await file.change((notes) => [...notes, "one"]);
  assert.deepEqual(file.read(), ["one"]);
  assert.equal((await stat(file.path)).mode & 0o777, 0o600);
  assert.equal((await stat(join(file.path, ".."))).mode & 0o777, 0o700);
  assert.deepEqual(
    await readdir(join(file.path, "..")),
    ["notes.json"],
    "no draft and no lock is left",
  );
});

test("changes at once come one after the other", async (context) => {
  const file = await place(context);
  const names = Array.from({ length: 20 }, (_, index) => `note-${index}`);
  await Promise.all(names.map((name) => file.change((notes) => [...notes, name])));
  const written = file.read();
  assert.deepEqual(written.toSorted(), names.toSorted());
});

test("a change that throws leaves the file as it was, and the way free", async (context) => {
  const file = await place(context);
  await file.change(() => ["one"]);
  const before = await readFile(file.path, "utf8");
  const failing = file.change(() => {
    throw new Error("no");
  });
  await assert.rejects(failing, /^Error: no$/);
  assert.equal(await readFile(file.path, "utf8"), before);
  assert.deepEqual(await readdir(join(file.path, "..")), ["notes.json"]);
});

test("where a command has died in the middle, the next one says what to do", async (context) => {
  const file = await place(context);
  await file.change(() => ["one"]);
  await writeFile(`${file.path}.lock`, "");
  const blocked = file.change(() => [], 0);
  await assert.rejects(blocked, /If none runs, delete .*notes\.json\.lock and try again/);
  assert.deepEqual(file.read(), ["one"]);
});

test("a file that others may write is not believed", async (context) => {
  const file = await place(context);
  await file.change(() => ["one"]);
  await chmod(file.path, 0o620);
  assert.throws(() => file.read(), /others may write into it: chmod 600/);
});

test("the text of a file that is no JSON is not quoted, nor in the cause", async (context) => {
  const file = await place(context);
  await file.change(() => []);
  await writeFile(file.path, "a-secret");
  assert.throws(
    () => file.read(),
    (error: Error) => !error.message.includes("a-secret") && error.cause === undefined,
  );
});

test("what commands change lies with the user's state", () => {
  assert.equal(
    stateFile("notes.json", { XDG_STATE_HOME: "/state" }),
    join("/state", "agproxy", "notes.json"),
  );
  assert.match(stateFile("notes.json", {}), /[/\\]\.local[/\\]state[/\\]agproxy[/\\]notes\.json$/);
});
