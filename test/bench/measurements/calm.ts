import { atRate } from "../load.ts";
import { median } from "../statistics.ts";
import { each, inTurns, type Measurement, overDirect } from "./measurement.ts";

/** What a request waits for a gateway that is not busy. */
export const calm: Measurement = {
  rows: [{ name: "250 requests a second, p50 over direct", unit: "ms", steady: false }],
  prepare: async ({ direct, contestants, size }) => {
    const load = { connections: 16, perSecond: size.rate, ms: size.slice / 2 };
    const measure = async () => {
      const p50 = await each([direct, ...contestants], size, async ({ program, ask }) => {
        const answers = await atRate(program.port, ask(), load);
        return median(answers.map((one) => one.endedAt - one.sentAt));
      });
      return [overDirect(p50)];
    };
    return () => inTurns(size.turns, measure);
  },
};
