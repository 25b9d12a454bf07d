/**
 * Measures agproxy against gateways that do less, in one sitting and in turns: `npm run bench`.
 *   --rounds N   how often everything is measured (default 5)
 *   --peers      other gateways as well; installs them the first time, for which it needs a network
 *   --source     agproxy from its TypeScript sources, not as it is built
 *   --json       the result as JSON in place of the table
 *   --save       make this the result that later runs are compared with, and draw the chart
 *   --check      fail where a ratio is worse by more than 5 % in every round than the committed one
 *   --quick      a few seconds that prove it runs; the numbers mean nothing
 */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { chart } from "./chart.ts";
import { gateways, peers } from "./contestant.ts";
import { burst } from "./measurements/burst.ts";
import { calm } from "./measurements/calm.ts";
import { flatness } from "./measurements/flatness.ts";
import { inProcess } from "./measurements/in-process.ts";
import { logged } from "./measurements/logged.ts";
import { longRequests } from "./measurements/long-requests.ts";
import type { Measurement } from "./measurements/measurement.ts";
import { observed } from "./measurements/observed.ts";
import { openStreams } from "./measurements/open-streams.ts";
import { overTls } from "./measurements/over-tls.ts";
import { paced } from "./measurements/paced.ts";
import { start } from "./measurements/start.ts";
import { unary } from "./measurements/unary.ts";
import { warmUp, warmUpSlowStreams } from "./measurements/warm-up.ts";
import { workers } from "./measurements/workers.ts";
import { installPeers } from "./peers.ts";
import { json, resultOf, saveResult, slowerThroughout, worse } from "./result.ts";
import { type Row, row, type Sample } from "./row.ts";
import { openSitting, type Sitting } from "./sitting.ts";
import { full, quick } from "./size.ts";
import { shuffled } from "./statistics.ts";
import { table } from "./table.ts";

const { values: flags } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    peers: { type: "boolean", default: false },
    source: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    save: { type: "boolean", default: false },
    check: { type: "boolean", default: false },
    quick: { type: "boolean", default: false },
  },
});
const rounds = flags.quick ? 1 : Math.min(50, Math.max(1, Number(flags.rounds) || 5));

/** In each round, and a few times at the end; in the order of the table. */
const often = [
  unary,
  burst,
  paced,
  calm,
  start,
  inProcess,
  overTls,
  workers,
  longRequests,
  observed,
  flatness,
];
const atEnd = [openStreams, logged];

if (flags.peers) {
  say("install peers");
  await installPeers();
}
await using sitting = await openSitting({
  size: flags.quick ? quick : full,
  pinned: !flags.quick,
  source: flags.source,
  names: flags.peers ? [...gateways, ...peers] : gateways,
});
report(await measured(sitting));

async function measured(sitting: Sitting): Promise<readonly Row[]> {
  const samples = new Map<string, Sample[]>();
  const prepared = async ({ rows, prepare }: Measurement) => {
    const measure = await prepare(sitting);
    return async () => {
      for (const [index, taken] of (await measure()).entries()) {
        const { name } = rows[index]!;
        samples.set(name, [...(samples.get(name) ?? []), ...[taken].flat()]);
      }
    };
  };
  say("warm-up");
  const runs = [];
  for (const measurement of often) runs.push(await prepared(measurement));
  // Last, because most is measured of them and they are not to fall asleep again.
  for (const contestant of sitting.contestants) {
    await warmUp(contestant, sitting.size);
    await warmUpSlowStreams(contestant, sitting.size);
  }
  for (let round = 1; round <= rounds; round += 1) {
    say(`round ${round} of ${rounds}`);
    for (const run of shuffled(runs)) await run();
  }
  for (const measurement of atEnd) {
    const run = await prepared(measurement);
    for (let turn = 0; turn < sitting.size.endTurns; turn += 1) await run();
  }
  const measures = [...often, ...atEnd].flatMap(({ rows }) => rows);
  return measures.map((measure) => row(measure, samples.get(measure.name) ?? []));
}

function report(rows: readonly Row[]): void {
  const result = resultOf(rows, rounds);
  process.stdout.write(`${flags.json ? json(result) : table(rows)}\n`);
  if (flags.quick) return say("A quick run: every answer was correct, the numbers mean nothing.");
  for (const one of worse(rows)) say(`WORSE by more than 15 %: ${one}`);
  const slower = flags.check ? slowerThroughout(rows) : [];
  for (const one of slower) say(`WORSE by more than 5 % in every round: ${one}`);
  if (slower.length > 0) process.exitCode = 1;
  if (!flags.save) return;
  saveResult(result);
  writeFileSync(new URL("../../docs/performance.svg", import.meta.url), chart(result));
}

function say(what: string): void {
  process.stderr.write(`${what}\n`);
}
