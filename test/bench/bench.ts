/**
 * Measures agproxy against two gateways that do less, in one sitting and in turns: `npm run bench`.
 *   --rounds N   how often everything is measured (default 5)
 *   --save       make this the result that later runs are compared with
 *   --quick      a few seconds that prove it runs; the numbers mean nothing
 */
import { parseArgs } from "node:util";
import { eventWork, openStreams, start } from "./footprint.ts";
import { type Bench, type Measurement, underLoad, warmUp } from "./measurement.ts";
import { pin, Program } from "./program.ts";
import { saveResult, worse } from "./result.ts";
import { type Row, row, type Sample } from "./row.ts";
import { full, quick } from "./size.ts";
import { shuffled } from "./statistics.ts";
import { table } from "./table.ts";

const { values: flags } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    quick: { type: "boolean", default: false },
    save: { type: "boolean", default: false },
  },
});
const rounds = flags.quick ? 1 : Math.min(50, Math.max(1, Number(flags.rounds) || 5));
const size = flags.quick ? quick : full;
const often = [...underLoad, start, eventWork];

process.stdout.write(`${await main()}\n`);

async function main(): Promise<string> {
  const core = !flags.quick && pin() ? 0 : undefined;
  const programs: Program[] = [];
  const begin = async (...asked: Parameters<typeof Program.start>) => {
    const program = await Program.start(...asked);
    programs.push(program);
    return program;
  };
  try {
    const mock = await begin("mock", core === undefined ? undefined : 1);
    const running = {
      bare: await begin("bare", core, mock),
      reference: await begin("reference", core, mock),
      agproxy: await begin("agproxy", core, mock),
    };
    return report(await measured({ size, mock, running, core }));
  } finally {
    await Promise.all(programs.map((program) => program.stop()));
  }
}

async function measured(bench: Bench): Promise<readonly Row[]> {
  say("warm-up");
  await warmUp(bench);
  const samples = new Map<string, Sample[]>();
  const run = async (measurement: Measurement) => {
    const taken = await measurement.run(bench);
    for (const [index, { name }] of measurement.rows.entries()) {
      samples.set(name, [...(samples.get(name) ?? []), taken[index] ?? {}]);
    }
  };
  for (let round = 1; round <= rounds; round += 1) {
    say(`round ${round} of ${rounds}`);
    for (const measurement of shuffled(often)) await run(measurement);
  }
  say("open streams");
  await run(openStreams);
  const measures = [...often, openStreams].flatMap(({ rows }) => rows);
  return measures.map((measure) => row(measure, samples.get(measure.name) ?? []));
}

function report(rows: readonly Row[]): string {
  if (flags.quick)
    return `${table(rows)}\nA quick run: every answer was correct, the numbers mean nothing.`;
  const warnings = worse(rows).map((one) => `WORSE by more than 15 %: ${one}`);
  if (flags.save) saveResult(rows, rounds);
  return [table(rows), ...warnings].join("\n");
}

function say(what: string): void {
  process.stderr.write(`${what}\n`);
}
