/** A plugin that tells what its own process holds, once all has been let go of that can be. */
import { readdirSync } from "node:fs";
import { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { queryObjects } from "node:v8";
import { definePlugin } from "agproxy";

/** What a process holds. Sizes in MiB. */
export interface Gauge {
  readonly heap: number;
  readonly rss: number;
  /** What keeps the process alive, by Node's own list. */
  readonly handles: number;
  /** Open file descriptors; 0 where the system does not list them. */
  readonly files: number;
  readonly sockets: number;
  /** All timers, also those that keep nothing alive. */
  readonly timers: number;
  readonly signals: number;
}

/** Node does not export the class of its timers. */
const Timeout = setTimeout(() => {}, 0).constructor;

const count = (what: Function) => queryObjects(what, { format: "count" });

export const gauge = definePlugin({
  name: "gauge",
  apply: ({ route }) => route("GET", "/gauge", async () => ({ body: await measured() })),
});

async function measured(): Promise<Gauge> {
  await quiet();
  // It collects all garbage before it counts.
  const [sockets, timers, signals] = [count(Socket), count(Timeout), count(AbortSignal)];
  const { heapUsed, external, rss } = process.memoryUsage();
  return {
    heap: mebibytes(heapUsed + external),
    rss: mebibytes(rss),
    handles: handles(),
    files: openFiles(),
    sockets,
    timers,
    signals,
  };
}

/** Resolves once nothing more comes to an end: the gateway that a reload has replaced takes its time. */
async function quiet(): Promise<void> {
  let [before, same] = [-1, 0];
  for (let look = 0; look < 100 && same < 5; look += 1) {
    await sleep(50);
    const now = handles();
    same = now === before ? same + 1 : 0;
    before = now;
  }
}

const handles = () => process.getActiveResourcesInfo().length;

function openFiles(): number {
  try {
    return readdirSync("/proc/self/fd").length;
  } catch {
    return 0;
  }
}

const mebibytes = (bytes: number) => Math.round((bytes / 2 ** 20) * 10) / 10;
