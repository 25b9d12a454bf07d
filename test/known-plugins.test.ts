/** The promise: whoever looks for a plugin finds every one that there is, in each list of them. */
import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { repository } from "./support/repository.ts";

const read = (path: string) => readFile(join(repository, path), "utf8");

/** What a page lists, by the folder that it links to. */
async function listed(page: string): Promise<ReadonlyMap<string, string>> {
  const rows = (await read(page)).matchAll(
    /^\| \[(?<name>[\w-]+)\]\((?:\.\.\/)?plugins\/(?<folder>[\w-]+)\) +\| (?<text>.*?) +\|$/gm,
  );
  const entries = [...rows].map(({ groups = {} }) => {
    assert.equal(groups["name"], groups["folder"]);
    return [groups["name"] ?? "", groups["text"] ?? ""] as const;
  });
  return new Map(entries);
}

test("every list of plugins has each of them, and says the same of it", async () => {
  const folders = await readdir(join(repository, "plugins"), { withFileTypes: true });
  const plugins: string[] = [];
  for (const folder of folders.filter((entry) => entry.isDirectory())) {
    const index = await read(`plugins/${folder.name}/src/index.ts`);
    const factory = folder.name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
    // A library exports no factory of its name, and is no plugin.
    if (new RegExp(`^export function ${factory}\\b`, "m").test(index)) plugins.push(folder.name);
  }
  const known = await listed("docs/plugins.md");
  assert.deepEqual([...known.keys()].toSorted(), plugins.toSorted());
  assert.deepEqual(await listed("README.md"), known);
  const chinese = await listed("README.zh-TW.md");
  assert.deepEqual([...chinese.keys()], [...known.keys()]);
});
