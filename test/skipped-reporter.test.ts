/** The last lines of a test run say what was skipped, and why; everything else stays as it is. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { finishedProcess } from "./support/child-process.ts";
import { folder } from "./support/folder.ts";
import { repository } from "./support/repository.ts";

/** Runs tests as `npm run test:only` does. */
async function run(source: string) {
  await using place = await folder({ "some.test.js": source });
  const manifest = JSON.parse(await readFile(join(repository, "package.json"), "utf8")) as {
    readonly scripts: Readonly<Record<string, string>>;
  };
  const flags = manifest.scripts["test:only"]?.match(/--test\S*/g) ?? [];
  const args = [...flags, join(place.path, "some.test.js")];
  return await finishedProcess(process.execPath, args, {
    cwd: repository,
    env: { NODE_TEST_CONTEXT: undefined },
  });
}

const begin = `const { suite, test } = require("node:test");`;

test("skipped tests are told by reason, after the summary", async () => {
  const { code, stdout, stderr } = await run(`${begin}
    test("one", { skip: "the moon is missing" }, () => {});
    test("two", { skip: "the moon is missing" }, () => {});
    suite("three", { skip: "of rain" }, () => test("inside", () => {}));
    test("four", { skip: true }, () => {});
    test("five", () => {});
  `);
  assert.equal(code, 0, stdout + stderr);
  const [, after = ""] = stdout.split(/^ℹ duration_ms.*$/m);
  assert.deepEqual(after.split("\n").filter(Boolean), [
    "Skipped 2, because the moon is missing: one and 1 more",
    "Skipped 1, because of rain: three",
    "Skipped 1, because no reason is given: four",
  ]);
});

test("a failure is told, and is the exit code", async () => {
  const { code, stdout } = await run(`${begin}
    test("one", () => { throw new Error("broken"); });
  `);
  assert.equal(code, 1);
  assert.match(stdout, /^ℹ fail 1$/m);
  assert.match(stdout, /failing tests:[^]*broken/);
  assert.match(stdout, /\nNothing was skipped\.\n$/);
});
