import { ask, type Ask } from "./ask.ts";
import type { Received } from "./connection.ts";
import { atRate, saturate } from "./load.ts";
import { gateways, type GatewayName, type Program } from "./program.ts";
import type { Measure, Sample } from "./row.ts";
import type { Size } from "./size.ts";
import { median, shuffled } from "./statistics.ts";

/** What measurements work with. */
export interface Bench {
  readonly size: Size;
  readonly mock: Program;
  readonly running: Readonly<Record<GatewayName, Program>>;
  /** The core that gateways have for themselves. */
  readonly core: number | undefined;
}

/** Something that is measured in one go: a sample for each of its rows. */
export interface Measurement {
  readonly rows: readonly Measure[];
  run(bench: Bench): Promise<readonly Sample[]>;
}

const burstPace = { events: 200, gap: 0 };
const steadyPace = { events: 25, gap: 20 };
const wires = { direct: "gemini", bare: "gemini", reference: "chat", agproxy: "chat" } as const;

const unary: Measurement = {
  rows: [{ name: "unary, CPU per request", unit: "µs", steady: true }],
  async run({ running, size }) {
    const sample = await each(gateways, (name) =>
      cpuPerUnit(running[name], ask(wires[name]), { connections: size.unary, ms: size.slice }),
    );
    return [sample];
  },
};

const burst: Measurement = {
  rows: [
    { name: "burst of 200 events, CPU per event", unit: "µs", steady: true },
    { name: "the same at /v1/responses", unit: "µs", steady: true, other: "chat" },
  ],
  async run({ running, size }) {
    const load = { connections: size.bursts, ms: size.slice };
    const sample = await each([...gateways, "responses"] as const, (name) =>
      name === "responses"
        ? cpuPerUnit(running.agproxy, ask("responses", burstPace), load)
        : cpuPerUnit(running[name], ask(wires[name], burstPace), load),
    );
    return [sample, { agproxy: sample.responses, other: sample.agproxy }];
  },
};

const paced: Measurement = {
  rows: [
    { name: "an event each 20 ms, CPU per event", unit: "µs", steady: true },
    { name: "the same, first byte p50 over direct", unit: "ms", steady: false },
  ],
  async run({ running, mock, size }) {
    const firstByte = new Map<string, number>();
    const spread = steadyPace.events * steadyPace.gap;
    const load = { connections: size.paced, ms: size.slice, spread };
    const cpu = await each(["direct", ...gateways] as const, async (name) => {
      const program = name === "direct" ? mock : running[name];
      return cpuPerUnit(program, ask(wires[name], steadyPace), load, (answers) =>
        firstByte.set(name, median(answers.map((one) => one.firstAt - one.sentAt))),
      );
    });
    return [cpu, overDirect((name) => firstByte.get(name) ?? NaN)];
  },
};

const calm: Measurement = {
  rows: [{ name: "250 requests a second, p50 over direct", unit: "ms", steady: false }],
  async run({ running, mock, size }) {
    const load = { connections: 16, perSecond: size.rate, ms: size.slice };
    const p50 = await each(["direct", ...gateways] as const, async (name) => {
      const { port } = name === "direct" ? mock : running[name];
      const answers = await atRate(port, ask(wires[name]), load);
      return median(answers.map((one) => one.endedAt - one.sentAt));
    });
    return [overDirect((name) => p50[name])];
  },
};

export const underLoad: readonly Measurement[] = [unary, burst, paced, calm];

/** Brings a gateway to the speed that it has after hours. */
export async function warmUp({ running, size }: Bench): Promise<void> {
  for (const name of gateways) {
    const { port } = running[name];
    await saturate(port, ask(wires[name]), { connections: size.unary, ms: size.warmUp });
    const load = { connections: size.bursts, ms: size.warmUp / 3 };
    await saturate(port, ask(wires[name], burstPace), load);
    if (name === "agproxy") await saturate(port, ask("responses", burstPace), load);
  }
}

async function cpuPerUnit(
  program: Program,
  asked: Ask,
  load: Parameters<typeof saturate>[2],
  see?: (answers: readonly Received[]) => void,
): Promise<number> {
  const before = await program.use();
  const answers = await saturate(program.port, asked, load);
  const { cpu } = await program.use();
  see?.(answers);
  return (cpu - before.cpu) / (answers.length * asked.units);
}

/** Measures one after the other, in a new order each time. */
async function each<Name extends string>(
  names: readonly Name[],
  measure: (name: Name) => Promise<number>,
): Promise<Record<Name, number>> {
  const measured: [Name, number][] = [];
  for (const name of shuffled(names)) measured.push([name, await measure(name)]);
  return Object.fromEntries(measured) as Record<Name, number>;
}

function overDirect(of: (name: GatewayName | "direct") => number): Sample {
  return Object.fromEntries(gateways.map((name) => [name, of(name) - of("direct")]));
}
