import { median } from "../statistics.ts";
import { cpuPerUnit, each, inTurns, type Measurement, overDirect } from "./measurement.ts";
import { slowPace, slowStreams } from "./warm-up.ts";

/** Streams as a model sends them. */
export const paced: Measurement = {
  rows: [
    { name: "an event each 20 ms, CPU per event", unit: "µs", steady: true },
    { name: "the same, first byte p50 over direct", unit: "ms", steady: false },
  ],
  prepare: async ({ direct, contestants, size }) => {
    const load = slowStreams(size, size.slice);
    const measure = async () => {
      const firstByte: Record<string, number> = {};
      const cpu = await each([direct, ...contestants], size, ({ name, program, ask }) =>
        cpuPerUnit(program, ask(slowPace), load, (answers) => {
          firstByte[name] = median(answers.map((one) => one.firstAt - one.sentAt));
        }),
      );
      return [cpu, overDirect(firstByte)];
    };
    return () => inTurns(size.turns / 2, measure);
  },
};
