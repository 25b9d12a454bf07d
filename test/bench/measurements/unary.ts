import { cpuPerUnit, each, inTurns, type Measurement } from "./measurement.ts";

/** Answers that are not streamed, as many as there can be. */
export const unary: Measurement = {
  rows: [{ name: "unary, CPU per request", unit: "µs", steady: true }],
  prepare: async ({ contestants, size }) => {
    const load = { connections: size.unary, ms: size.slice };
    const measure = async () => [
      await each(contestants, size, ({ program, ask }) => cpuPerUnit(program, ask(), load)),
    ];
    return () => inTurns(size.turns, measure);
  },
};
