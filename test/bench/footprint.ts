import { setTimeout as sleep } from "node:timers/promises";
import { ask } from "./ask.ts";
import type { EventWork } from "./event-work.ts";
import { saturate } from "./load.ts";
import type { Bench, Measurement } from "./measurement.ts";
import { gateways, type GatewayName, Program, resultOf } from "./program.ts";
import type { Sample } from "./row.ts";
import { shuffled } from "./statistics.ts";

const mega = 1024 * 1024;

/** From nothing to the first answer, and what is then in memory. */
export const start: Measurement = {
  rows: [
    { name: "start to first answer, CPU", unit: "ms", steady: true },
    { name: "memory when idle", unit: "MB", steady: true },
  ],
  async run(bench) {
    const measured = await eachFresh(bench, async (program) => {
      const answer = await fetch(`http://127.0.0.1:${program.port}/healthz`);
      if (answer.status !== 200) throw new Error(`/healthz answers ${answer.status}`);
      const { cpu, rss } = await program.use();
      return [cpu / 1000, rss / mega];
    });
    return measured;
  },
};

/** Many streams at once, two events a second each, on a gateway that has seen some load before. */
export const openStreams: Measurement = {
  rows: [
    { name: "memory with 1000 open streams", unit: "MB", steady: true },
    { name: "the same, per stream", unit: "KB", steady: true },
  ],
  async run(bench) {
    const { size } = bench;
    return eachFresh(bench, async (program, name) => {
      const wire = name === "bare" ? "gemini" : "chat";
      await saturate(program.port, ask(wire), { connections: size.unary, ms: size.slice });
      const warm = (await program.use()).rss;
      const gap = size.slice / 3;
      const load = { connections: size.openStreams, ms: 0, spread: gap };
      const streams = saturate(program.port, ask(wire, { events: 10, gap }), load);
      const peak = await peakUntil(streams, program, gap / 2);
      return [peak / mega, (peak - warm) / 1024 / size.openStreams];
    });
  },
};

/** The most memory that a program had until something was over. */
async function peakUntil(over: Promise<unknown>, program: Program, ms: number): Promise<number> {
  const end = new AbortController();
  const watched = over.finally(() => end.abort());
  let peak = 0;
  do {
    peak = Math.max(peak, (await program.use()).rss);
    await sleep(ms, undefined, { signal: end.signal }).catch(() => {});
  } while (!end.signal.aborted);
  await watched;
  return peak;
}

export const eventWork: Measurement = {
  rows: [
    { name: "decode and encode an event, CPU", unit: "µs", steady: true, other: "its JSON.parse" },
  ],
  async run({ size, core }) {
    const { agproxy, parsing } = (await resultOf(
      "event-work.ts",
      `${size.eventWork}`,
      core,
    )) as EventWork;
    return [{ agproxy, other: parsing }];
  },
};

/** Measures two quantities of each gateway, in a process that did nothing before. */
async function eachFresh(
  { mock, core }: Bench,
  measure: (program: Program, name: GatewayName) => Promise<[number, number]>,
): Promise<[Sample, Sample]> {
  const first: [string, number][] = [];
  const second: [string, number][] = [];
  for (const name of shuffled(gateways)) {
    const program = await Program.start(name, core, mock);
    try {
      const [one, two] = await measure(program, name);
      first.push([name, one]);
      second.push([name, two]);
    } finally {
      await program.stop();
    }
  }
  return [Object.fromEntries(first), Object.fromEntries(second)];
}
