/** The promise: every attack on the page has a test, and every test of this folder a row. */
import assert from "node:assert/strict";
import { access, glob, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { test } from "node:test";
import { repository } from "../support/repository.ts";

const page = await readFile(join(repository, "docs/security.md"), "utf8");
const rows = page.split("\n").filter((line) => /^\| (?!attack |-)/.test(line));

test("every row names a test that exists", async () => {
  assert.ok(rows.length > 20);
  for (const row of rows) {
    const [, path] = /\| `([\w/.-]+\.test\.ts)` +\|$/.exec(row) ?? [];
    assert.ok(path !== undefined, row);
    await assert.doesNotReject(access(join(repository, path)), row);
  }
});

test("every attack in this folder has a row", async () => {
  const own = basename(import.meta.filename);
  const tests = await Array.fromAsync(glob("test/attack/*.test.ts", { cwd: repository }));
  const missing = tests.filter((path) => !path.endsWith(own) && !page.includes(`\`${path}\``));
  assert.deepEqual(missing, [], "Add a row to docs/security.md.");
});

test("the policy says how to report, what is protected and what is not", async () => {
  const policy = await readFile(join(repository, "SECURITY.md"), "utf8");
  for (const words of [/private security advisory/, /^## What is protected$/m, /^## What is not/m])
    assert.match(policy, words);
});
