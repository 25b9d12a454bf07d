import type { Gauge } from "./gauge.ts";
import type { Sample, SoakResult } from "./mixed-faults.ts";

/** How much more the later samples may have than the earlier ones: caches fill, and pages of a heap stay where they are. */
const allowed: Readonly<Record<keyof Gauge, (before: number) => number>> = {
  heap: (before) => before * 0.05 + 2,
  rss: (before) => before * 0.1 + 20,
  handles: () => 0,
  files: () => 1,
  // Some hang on what the last requests left behind.
  sockets: () => 2,
  timers: () => 2,
  signals: () => 2,
};

const gauges = Object.keys(allowed) as (keyof Gauge)[];

/** What has grown. The first third of the samples is warming up; of the others the medians of the two halves are compared. */
export function growth(samples: readonly Sample[]): readonly string[] {
  const warm = samples.slice(Math.floor(samples.length / 3));
  const half = Math.floor(warm.length / 2);
  return gauges.flatMap((name) => {
    const values = warm.map((sample) => sample[name]);
    const before = median(values.slice(0, half));
    const after = median(values.slice(half));
    const isFlat = after <= before + allowed[name](before);
    return isFlat ? [] : [`${name} grew from ${before} to ${after}`];
  });
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

/** What was done, what came of it, and what the gateway held. */
export function reportOf(result: SoakResult): string {
  const { samples, clients, upstream, accountChanges, reloads, faults } = result;
  const grown = growth(samples);
  const head = ["seconds", "requests", ...gauges] as const;
  const rows = samples.map((sample) => head.map((name) => sample[name]).join(" | "));
  return `${[
    `clients:  ${clients.text()}`,
    `upstream: ${upstream.text()}`,
    `the accounts file changed ${accountChanges} times, the config was reloaded ${reloads} times`,
    "",
    `| ${head.join(" | ")} |`,
    `| ${head.map(() => "---:").join(" | ")} |`,
    ...rows.map((row) => `| ${row} |`),
    "",
    ...faults.slice(0, 20).map((fault) => `WRONG: ${fault}`),
    ...grown.map((what) => `GROWN: ${what}`),
    faults.length + grown.length === 0
      ? "flat, and no wrong answer"
      : `${faults.length} wrong answers, ${grown.length} things grew`,
  ].join("\n")}\n`;
}
