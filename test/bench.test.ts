/** The bench runs, and every gateway in it answers correctly. Nothing here looks at a time. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const bench = fileURLToPath(new URL("bench/bench.ts", import.meta.url));

test("a quick bench measures every row, with nothing but correct answers", async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [bench, "--quick"]);
  const rows = stdout.split("\n").filter((line) => line.startsWith("| "));
  assert.ok(rows.length > 10, stdout);
  assert.doesNotMatch(stdout, /NaN|undefined|Infinity/);
  assert.match(stdout, /every answer was correct/);
});
