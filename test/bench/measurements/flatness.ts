import type { Sample } from "../row.ts";
import type { Measurement } from "./measurement.ts";

/** What `request-work.ts` is told: accounts, how many of them cool, mapping rules, plugins that do nothing, and those that watch. */
const few = [1, 0, 1, 0, 0];
const much = [
  [100, 0, 1, 0, 0],
  [100, 50, 1, 0, 0],
  [1, 0, 1000, 0, 0],
  [1, 0, 1, 20, 0],
  [1, 0, 1, 0, 1],
];

const measure = { unit: "µs", steady: true };

/** What a request costs where there is much to choose from. */
export const flatness: Measurement = {
  rows: [
    { ...measure, name: "a request without its HTTP, CPU" },
    { ...measure, name: "the same with 100 accounts", other: "1 account" },
    { ...measure, name: "the same with half of them cooling", other: "1 account" },
    { ...measure, name: "the same with 1000 mapping rules", other: "1 rule" },
    { ...measure, name: "the same with 20 more plugins", other: "none" },
    { ...measure, name: "the same with metrics and request-log", other: "none" },
  ],
  async prepare({ size, work }) {
    const cost = async (counts: readonly number[]) =>
      (await work("request-work.ts", size.requestWork, ...counts)) as number;
    return async () => {
      const other = await cost(few);
      const samples: Sample[] = [{ agproxy: other }];
      for (const counts of much) samples.push({ agproxy: await cost(counts), other });
      return samples;
    };
  },
};
