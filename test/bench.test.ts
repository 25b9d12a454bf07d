/** The bench runs, and every gateway in it answers correctly. Nothing here looks at a time. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { chart } from "./bench/chart.ts";
import type { Result } from "./bench/result.ts";
import { row } from "./bench/row.ts";
import { table } from "./bench/table.ts";

const bench = fileURLToPath(new URL("bench/bench.ts", import.meta.url));
const nonsense = /NaN|undefined|null|Infinity/;

test("a quick bench measures every row, with nothing but correct answers", async () => {
  // From the sources: nothing need be built before a test.
  const flags = ["--quick", "--source", "--json"];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [bench, ...flags]);
  assert.match(stderr, /every answer was correct/);
  assert.doesNotMatch(stdout, nonsense);
  const result = JSON.parse(stdout) as Result;
  assert.ok(result.rows.length > 15, stdout);
  for (const { name, values } of result.rows) assert.ok(values.agproxy, name);

  const lines = table(result.rows).trimEnd().split("\n");
  assert.equal(lines.length, result.rows.length + 2);
  assert.equal(new Set(lines.map((line) => line.length)).size, 1, "columns do not line up");
  assert.equal(chart(result).match(/>agproxy</g)?.length, 5);
});

test("the chart draws what was measured, and says where a bar is cut", () => {
  const measure = { name: "unary, CPU per request", unit: "µs", steady: true };
  const measured = { on: "2026-01-01", node: "v24.0.0", processor: "2 × <any>", rounds: 1 };
  const rows = [row(measure, [{ bare: 2, agproxy: 3, portkey: 40 }])];
  const svg = chart({ measured, rows });
  assert.match(svg, />1\.50 ×</);
  assert.match(svg, />20\.00 ×</);
  assert.equal(svg.match(/class="cut"/g)?.length, 1);
  assert.doesNotMatch(svg, /llms<|reference<|<any>/);
  assert.doesNotMatch(svg, nonsense);
});
