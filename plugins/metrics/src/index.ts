import { type Account, definePlugin, type Plugin, readOptions } from "@agproxy/core";
import { Counter, Registry } from "prom-client";
import * as v from "valibot";
import { ExchangeMetrics } from "./exchange-metrics.ts";
import { poolGauges, processGauges, quotaGauge } from "./gauges.ts";
import { LabelValues } from "./label-values.ts";

export interface MetricsOptions {
  /** Where they are. Default: `/metrics`. */
  readonly path?: string;
  /** So many models, accounts and callers have series of their own; the rest is `other`. Default: 100. */
  readonly labelValues?: number;
}

const schema = v.strictObject({
  path: v.optional(v.pipe(v.string(), v.startsWith("/")), "/metrics"),
  labelValues: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(10_000)), 100),
});

/** Answers `GET /metrics` in Prometheus' format. */
export function metrics(options: MetricsOptions = {}): Plugin {
  const example = 'metrics({ path: "/metrics" })';
  const { path, labelValues } = readOptions("metrics", schema, options, example);
  return definePlugin({
    name: "metrics",
    describe: () => `GET ${path}`,
    apply({ hooks, route, find }) {
      const register = new Registry();
      const exchanges = new ExchangeMetrics(register, labelValues);
      const accounts = new Set<Account>();
      poolGauges(register, { find }, accounts, new LabelValues(labelValues));
      quotaGauge(register, accounts, new LabelValues(labelValues));
      const end = processGauges(register);
      const answers = new Counter({
        name: "agproxy_http_answers_total",
        help: "HTTP answers on all paths, refusals among them",
        labelNames: ["code"],
        registers: [register],
      });
      const codes = new Map<number, number>();
      hooks.beforeAnswer.tap("metrics", ({ status }) => {
        codes.set(status, (codes.get(status) ?? 0) + 1);
      });
      hooks.done.tap("metrics", (summary) => {
        exchanges.note(summary);
        for (const { account } of summary.attempts) {
          if (accounts.size < labelValues) accounts.add(account);
        }
      });
      hooks.close.tap("metrics", end);
      route("GET", path, async () => {
        exchanges.flush();
        for (const [code, count] of codes) answers.inc({ code }, count);
        codes.clear();
        return {
          headers: { "content-type": register.contentType },
          body: await register.metrics(),
        };
      });
    },
  });
}
