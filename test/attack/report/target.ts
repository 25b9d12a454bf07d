/**
 * The gateway under attack, a process of its own: the default plugins in front of a server that the attacker plays. With
 * `tireless`, without rotation: no account rests after an error, so that each request reaches the server.
 * `GET /attack/health` says how long its event loop stood still at most since the last time, the most work that it did in one
 * turn, and its peak of memory.
 */
import { readFileSync } from "node:fs";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { gemini } from "@agproxy/plugin-gemini";
import { rotation } from "@agproxy/plugin-rotation";
import { definePlugin } from "agproxy";
import { startGateway } from "agproxy/testing";
import { everydayPlugins } from "../../support/everyday-plugins.ts";

const [baseUrl = "", pool] = process.argv.slice(2);
const resolutionMs = 5;
const delay = monitorEventLoopDelay({ resolution: resolutionMs });
delay.enable();

/** CPU time of this thread between two turns of a timer: unlike the pause, it counts no other programs of the machine. */
let mostWorkMs = 0;
let usedMs = threadMs();
setInterval(() => {
  const now = threadMs();
  mostWorkMs = Math.max(mostWorkMs, now - usedMs);
  usedMs = now;
}, resolutionMs);

function threadMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

const health = definePlugin({
  name: "attack-health",
  apply: ({ route }) =>
    route("GET", "/attack/health", async () => {
      const longestPauseMs = Math.max(delay.max / 1e6 - resolutionMs, 0);
      delay.reset();
      const mostWork = mostWorkMs;
      mostWorkMs = 0;
      return {
        body: { longestPauseMs, mostWorkMs: mostWork, peakMemoryMb: peakMemoryKb() / 1024 },
      };
    }),
});

/** Of this process: on Linux, `maxRSS` begins at the peak of the process that started this one. */
function peakMemoryKb(): number {
  if (process.platform !== "linux") return process.resourceUsage().maxRSS;
  return Number(/^VmHWM:\s*(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1]);
}

const gateway = await startGateway({
  logLevel: "error",
  plugins: [
    ...everydayPlugins(),
    ...(pool === "tireless" ? [] : [rotation()]),
    gemini({ keys: "key-one,key-two,key-three", baseUrl }),
    health,
  ],
});
process.stdout.write(`${gateway.url}\n`);
