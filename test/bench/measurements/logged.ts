import type { LogWork } from "../log-work.ts";
import type { Measurement } from "./measurement.ts";

const measure = { unit: "ms", steady: true };

/** What it costs to ask a request log of a hundred thousand exchanges, by the functions behind `agproxy logs` and `stats`. */
export const logged: Measurement = {
  rows: [
    { ...measure, name: "the last 50 of 100,000 logged exchanges, CPU" },
    { ...measure, name: "the same by a filter that fits none" },
    { ...measure, name: "the same by an id" },
    { ...measure, name: "all of them counted by caller" },
    { ...measure, name: "their file", unit: "MB" },
  ],
  prepare:
    async ({ size, work }) =>
    async () => {
      const { latest, rare, one, counted, megabytes } = (await work(
        "log-work.ts",
        size.logged,
      )) as LogWork;
      return [latest, rare, one, counted, megabytes].map((agproxy) => ({ agproxy }));
    },
};
