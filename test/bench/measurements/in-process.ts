import type { EventWork } from "../event-work.ts";
import type { Measurement } from "./measurement.ts";

/** What an event costs without sockets. */
export const inProcess: Measurement = {
  rows: [
    { name: "decode and encode an event, CPU", unit: "µs", steady: true, other: "its JSON.parse" },
  ],
  prepare:
    async ({ size, work }) =>
    async () => {
      const { agproxy, parsing } = (await work("event-work.ts", size.eventWork)) as EventWork;
      return [{ agproxy, other: parsing }];
    },
};
