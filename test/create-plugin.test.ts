/** The promise: `agproxy create-plugin` writes a plugin under its name, and never over anything. packed.test.ts builds with it. */
import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { agproxy } from "./support/agproxy-process.ts";
import { folder } from "./support/folder.ts";

test("the folder of a new plugin has its name everywhere", async () => {
  await using place = await folder();
  const { code, stdout } = await agproxy(["create-plugin", "@me/my-notes"], { cwd: place.path });
  assert.equal(code, 0);
  assert.match(
    stdout,
    /^Wrote .*my-notes\. .*\n\n {2}cd my-notes\n {2}npm install\n {2}npm test\n/,
  );
  assert.match(stdout, /import \{ myNotes \} from "\.\/my-notes\/src\/index\.ts";/);
  const written = join(place.path, "my-notes");
  const files = (await readdir(written, { recursive: true })).toSorted();
  const sources = ["src", join("src", "index.test.ts"), join("src", "index.ts")];
  const expected = [".gitignore", "README.md", "package.json", "tsconfig.json", ...sources];
  assert.deepEqual(files, expected.toSorted());
  for (const file of expected.filter((name) => name !== "src")) {
    assert.doesNotMatch(await readFile(join(written, file), "utf8"), /hello/i, file);
  }
  const source = await readFile(join(written, "src/index.ts"), "utf8");
  assert.match(source, /export function myNotes\(.*: MyNotesOptions[^]*name: "my-notes"/);
});

test("a folder that is there stays as it is", async () => {
  await using place = await folder({ "agproxy-plugin-notes/mine.txt": "mine" });
  const { code, stderr } = await agproxy(["create-plugin", "notes"], { cwd: place.path });
  assert.equal(code, 1);
  assert.match(stderr, /agproxy-plugin-notes is there already and stays as it is\./);
  assert.deepEqual(await readdir(join(place.path, "agproxy-plugin-notes")), ["mine.txt"]);
});

test("a name that cannot be one, and none at all, are told what would be one", async () => {
  await using place = await folder();
  const bad = await agproxy(["create-plugin", "My_Notes"], { cwd: place.path });
  assert.equal(bad.code, 1);
  assert.match(bad.stderr, /"My_Notes" cannot be the name of a plugin\. .*create-plugin my-notes/);
  const none = await agproxy(["create-plugin"], { cwd: place.path });
  assert.equal(none.code, 2);
  assert.match(none.stderr, /Name a plugin: agproxy create-plugin PLUGIN/);
  assert.deepEqual(await readdir(place.path), []);
});
