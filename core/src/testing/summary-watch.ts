import { definePlugin, type Plugin } from "../hooks/plugin.ts";
import type { Summary } from "../hooks/stages.ts";

/** What became of each exchange so far. */
export interface SummaryWatch {
  readonly plugin: Plugin;
  readonly all: readonly Summary[];
  /** Resolves once so many exchanges are over: `done` fires after the client has its answer. */
  reached(count: number): Promise<void>;
}

/**
 * Collects what became of each exchange.
 *
 * @example
 * const watch = summaryWatch();
 * await using gateway = await openGateway({ plugins: [watch.plugin, shout] });
 * await watch.reached(1);
 * assert.equal(watch.all[0]?.outcome, "ok");
 */
export function summaryWatch(): SummaryWatch {
  const all: Summary[] = [];
  const waiting = new Set<() => void>();
  const plugin = definePlugin({
    name: "summary-watch",
    apply({ hooks }) {
      hooks.done.tap("summary-watch", (summary) => {
        all.push(summary);
        for (const look of waiting) look();
      });
    },
  });
  const reached = (count: number) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (all.length < count) return;
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
      look();
    });
  return { plugin, all, reached };
}
