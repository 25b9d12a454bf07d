/**
 * The promise: 10,000 requests and 500 streams at once, or faults of every kind, and afterwards everything is as before: no
 * wrong answer, no memory kept, nothing left open, not a word on the error output. `AGPROXY_SOAK=short` runs a tenth of the
 * former; `npm run soak -- --minutes 10` is the long form of the latter.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { finishedProcess } from "./support/child-process.ts";
import { repository } from "./support/repository.ts";
import type { SoakReport } from "./soak/crowd-run.ts";
import { mixedFaults } from "./soak/mixed-faults.ts";

const short = process.env["AGPROXY_SOAK"] === "short";
const requests = short ? 1000 : 10_000;
const streams = short ? 100 : 500;

test(`${requests} requests, and ${streams} streams at once`, async (context) => {
  const program = join(repository, "test/soak/crowd-run.ts");
  const args = ["--expose-gc", "--trace-warnings", "--conditions=@agproxy/source", program];
  const { code, stdout, stderr } = await finishedProcess(
    process.execPath,
    [...args, String(requests), String(streams)],
    { cwd: repository },
  );
  assert.equal(stderr, "", "no warning, no stack trace");
  assert.equal(code, 0);
  const report = JSON.parse(stdout) as SoakReport;
  context.diagnostic(stdout.trim());
  assert.deepEqual(report.failures, []);
  assert.deepEqual([report.requests, report.streams], [requests, 2 * streams]);
  assert.equal(report.together, streams, "the streams were open at the same time");
  assert.equal(report.openAfterwards, 0, "no upstream call is left open");
  assert.deepEqual(report.resources, [], "no socket, no timer is left");
  const [before = 0, after = 0] = report.heap;
  assert.ok(after < before + 15, `the heap grew from ${before} to ${after} MiB`);
  const [level = 0, end = 0] = report.rss;
  assert.ok(end < 1.5 * level + 50, `the process grew from ${level} to ${end} MiB`);
});

test("faults of every kind, at the upstream, the clients and the accounts", async (context) => {
  const { samples, clients, upstream, faults } = await mixedFaults({
    seconds: 3,
    samples: 2,
    seed: 1,
  });
  context.diagnostic(`clients: ${clients.text()}; upstream: ${upstream.text()}`);
  assert.deepEqual(faults, []);
  assert.ok(clients.of("good") > 50, `only ${clients.of("good")} requests`);
  const [before, after] = samples;
  assert.ok(before !== undefined && after !== undefined);
  context.diagnostic(JSON.stringify(samples));
  assert.equal(after.handles, before.handles);
  for (const name of ["files", "sockets", "timers", "signals"] as const) {
    assert.ok(after[name] <= before[name] + 8, `${name}: ${before[name]}, then ${after[name]}`);
  }
  assert.ok(after.heap < before.heap + 20, `the heap grew from ${before.heap} to ${after.heap}`);
});
