import { monitorEventLoopDelay } from "node:perf_hooks";
import { type Account, type PluginContext, poolReport } from "@agproxy/core";
import { Counter, Gauge, type Registry } from "prom-client";
import type { LabelValues } from "./label-values.ts";

/** What plugins tell of accounts, asked when Prometheus asks. */
export function poolGauges(
  register: Registry,
  { find }: Pick<PluginContext, "find">,
  seen: ReadonlySet<Account>,
  models: LabelValues,
): void {
  const registers = [register];
  const resting = new Gauge({
    name: "agproxy_account_resting",
    help: "1 while an account rests after a failure, for any model",
    labelNames: ["account"],
    registers,
    collect() {
      resting.reset();
      for (const account of seen) {
        const standing = pool(find)?.of(account).standing;
        if (standing !== undefined)
          resting.set({ account: account.label }, standing === "resting" ? 1 : 0);
      }
    },
  });
  const inFlight = new Gauge({
    name: "agproxy_account_in_flight",
    help: "Attempts that are under way on an account",
    labelNames: ["account"],
    registers,
    collect() {
      inFlight.reset();
      for (const account of seen) {
        const count = pool(find)?.of(account).inFlight;
        if (count !== undefined) inFlight.set({ account: account.label }, count);
      }
    },
  });
  const waiting = new Gauge({
    name: "agproxy_requests_waiting",
    help: "Chats that wait for an account, by the model that they wait for",
    labelNames: ["model"],
    registers,
    collect() {
      waiting.reset();
      for (const [model, count] of Object.entries(pool(find)?.waiting() ?? {})) {
        waiting.inc({ model: models.of(model) }, count);
      }
    },
  });
}

/** What upstreams were told of their accounts' limits. */
export function quotaGauge(
  register: Registry,
  seen: ReadonlySet<Account>,
  models: LabelValues,
): void {
  const quota = new Gauge({
    name: "agproxy_account_quota_remaining_ratio",
    help: "What is left of an account's limits, from 0 to 1, as its upstream told last",
    labelNames: ["account", "model", "limit"],
    registers: [register],
    collect() {
      quota.reset();
      for (const account of seen) {
        for (const { models: named, limit = "", left } of account.upstream.quotas?.(account) ??
          []) {
          quota.set({ account: account.label, model: models.of(named), limit }, left);
        }
      }
    },
  });
}

function pool(find: PluginContext["find"]) {
  return find(poolReport);
}

/** The process, with names that dashboards for other programs know. Returns what ends it. */
export function processGauges(register: Registry): () => void {
  const registers = [register];
  const delay = monitorEventLoopDelay({ resolution: 20 });
  delay.enable();
  const eventLoop = new Gauge({
    name: "nodejs_eventloop_delay_seconds",
    help: "How late the event loop was since the last scrape",
    labelNames: ["percentile"],
    registers,
    collect() {
      for (const percentile of [50, 99, 100]) {
        eventLoop.set({ percentile }, delayAt(delay, percentile));
      }
      delay.reset();
    },
  });
  const memory = new Gauge({
    name: "process_resident_memory_bytes",
    help: "Memory of the process",
    registers,
    collect() {
      memory.set(process.memoryUsage.rss());
    },
  });
  const start = new Gauge({
    name: "process_start_time_seconds",
    help: "When the process was started",
    registers,
  });
  start.set(performance.timeOrigin / 1000);
  let counted = 0;
  const cpu = new Counter({
    name: "process_cpu_seconds_total",
    help: "Time that the process has spent computing",
    registers,
    collect() {
      const { user, system } = process.cpuUsage();
      const now = (user + system) / 1_000_000;
      cpu.inc(now - counted);
      counted = now;
    },
  });
  return () => delay.disable();
}

/** Nothing was measured yet right after a scrape. */
function delayAt(delay: ReturnType<typeof monitorEventLoopDelay>, percentile: number): number {
  if (delay.count === 0) return 0;
  return delay.percentile(percentile) / 1e9;
}
