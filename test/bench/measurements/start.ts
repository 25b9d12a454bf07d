import { health } from "../contestant.ts";
import { eachFresh, mega } from "./fresh.ts";
import type { Measurement } from "./measurement.ts";

/** From nothing to the first answer, and what is then in memory. */
export const start: Measurement = {
  rows: [
    { name: "start to first answer, CPU", unit: "ms", steady: true },
    { name: "memory when idle", unit: "MB", steady: true },
  ],
  prepare: async (sitting) => () =>
    eachFresh(sitting, async (program, { name }) => {
      const answer = await fetch(`${program.url}${health[name]}`);
      if (answer.status !== 200) throw new Error(`${name}: ${health[name]} is ${answer.status}`);
      const { cpu, rss } = await program.use();
      return [cpu / 1000, rss / mega];
    }),
};
