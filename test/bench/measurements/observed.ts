import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { speaking } from "../contestant.ts";
import type { Settings } from "../program.ts";
import { chat } from "../wires/chat.ts";
import { cpuPerUnit, each, inTurns, type Measurement } from "./measurement.ts";
import { burstPace, warmUp } from "./warm-up.ts";

const measure = { unit: "µs", steady: true, other: "unwatched" };

/** What it costs to see what every request is doing. */
export const observed: Measurement = {
  rows: [
    { ...measure, name: "unary, with metrics and request-log, CPU per request" },
    { ...measure, name: "the same with every trace as well" },
    { ...measure, name: "burst, with metrics and request-log, CPU per event" },
    { ...measure, name: "the same burst with every trace as well" },
  ],
  async prepare(sitting) {
    const { size, agproxy, direct, begin } = sitting;
    const folder = await mkdtemp(join(tmpdir(), "agproxy-bench-"));
    sitting.atEnd(() => rm(folder, { recursive: true }));
    const watched = async <Name extends string>(name: Name, env: Settings["env"] = {}) => {
      const file = join(folder, `${name}.sqlite`);
      const program = await begin("agproxy", { env: { BENCH_REQUEST_LOG: file, ...env } });
      return speaking(name, program, chat);
    };
    const measured = [
      speaking("other", agproxy, chat),
      await watched("agproxy"),
      await watched("traced", { OTEL_EXPORTER_OTLP_ENDPOINT: direct.program.url }),
    ] as const;
    for (const one of measured) await warmUp(one, size);
    const loads = [
      { load: { connections: size.unary, ms: size.slice / 1.5 }, pace: undefined },
      { load: { connections: size.bursts, ms: size.slice / 1.5 }, pace: burstPace },
    ];
    return () =>
      inTurns(size.turns, async () => {
        const samples = [];
        for (const { load, pace } of loads) {
          const { other, agproxy, traced } = await each(measured, size, ({ program, ask }) =>
            cpuPerUnit(program, ask(pace), load),
          );
          samples.push({ agproxy, other }, { agproxy: traced, other });
        }
        return samples;
      });
  },
};
