import { setTimeout as sleep } from "node:timers/promises";
import { saturate } from "../load.ts";
import type { Program } from "../program.ts";
import { eachFresh, mega } from "./fresh.ts";
import type { Measurement } from "./measurement.ts";

/** Many streams at once, two events a second each, on a gateway that has seen some load before. */
export const openStreams: Measurement = {
  rows: [
    { name: "memory with 1000 open streams", unit: "MB", steady: true },
    { name: "the same, per stream", unit: "KB", steady: true },
  ],
  prepare: async (sitting) => () =>
    eachFresh(sitting, async (program, { ask }) => {
      const { unary, beforeStreams, slice, openStreams } = sitting.size;
      await saturate(program.port, ask(), { connections: unary, ms: beforeStreams });
      const warm = (await program.use()).rss;
      const gap = slice / 3;
      const load = { connections: openStreams, ms: 0, spread: gap };
      const streams = saturate(program.port, ask({ events: 10, gap }), load);
      const peak = await peakUntil(streams, program, gap / 2);
      return [peak / mega, (peak - warm) / 1024 / openStreams];
    }),
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
