import { readdirSync, readFileSync } from "node:fs";

/** What a program and all processes that it started have used so far: microseconds of CPU in all its threads, bytes of memory. */
export interface Use {
  readonly cpu: number;
  readonly rss: number;
}

export function useOfTree(pid: number): Use {
  const own = useOf(`/proc/${pid}`);
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ");
  return children
    .filter((child) => child.trim() !== "")
    .map((child) => useOfTree(Number(child)))
    .reduce((sum, { cpu, rss }) => ({ cpu: sum.cpu + cpu, rss: sum.rss + rss }), own);
}

/** The scheduler's own count, in nanoseconds and of every thread, garbage collection and compilation included. */
function useOf(proc: string): Use {
  let cpu = 0;
  for (const thread of readdirSync(`${proc}/task`)) {
    cpu += Number(readFileSync(`${proc}/task/${thread}/schedstat`, "utf8").split(" ")[0]) / 1000;
  }
  const resident = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`${proc}/status`, "utf8"))?.[1];
  return { cpu, rss: Number(resident) * 1024 };
}
