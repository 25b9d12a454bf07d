import type { Ask } from "../ask.ts";
import type { Received } from "../connection.ts";
import type { Contestant } from "../contestant.ts";
import { type Load, saturate } from "../load.ts";
import type { Program } from "../program.ts";
import type { Measure, Sample } from "../row.ts";
import type { Sitting } from "../sitting.ts";
import type { Size } from "../size.ts";
import { shuffled } from "../statistics.ts";

/** Something that is measured in one go. */
export interface Measurement {
  readonly rows: readonly Measure[];
  /** Starts and warms up what it needs for itself. What it returns measures once: a sample, or several, for each row. */
  prepare(sitting: Sitting): Promise<() => Promise<readonly (Sample | readonly Sample[])[]>>;
}

/** Microseconds of CPU that each answer costs a program, or each event of it. */
export async function cpuPerUnit(
  program: Program,
  asked: Ask,
  load: Load,
  see?: (answers: readonly Received[]) => void,
): Promise<number> {
  const before = await program.use();
  const answers = await saturate(program.port, asked, load);
  const { cpu } = await program.use();
  see?.(answers);
  return (cpu - before.cpu) / (answers.length * asked.units);
}

/** Measures one after the other, in a new order each time. */
export async function each<Item extends Contestant<string>>(
  items: readonly Item[],
  size: Size,
  measure: (item: Item) => Promise<number>,
): Promise<Record<Item["name"], number>> {
  const measured: Record<string, number> = {};
  for (const item of shuffled(items)) {
    await wakeUp(item, size);
    measured[item.name] = await measure(item);
    lastAsked.set(item.program, performance.now());
  }
  return measured;
}

/** Several samples of each row: gateways differ by less than the machine does over a round, and in a turn it hardly does. */
export async function inTurns(
  turns: number,
  measure: () => Promise<readonly Sample[]>,
): Promise<readonly (readonly Sample[])[]> {
  const taken: (readonly Sample[])[] = [];
  while (taken.length < turns) taken.push(await measure());
  return taken[0]!.map((_, row) => taken.map((samples) => samples[row]!));
}

const lastAsked = new WeakMap<Program, number>();
const awake = 15_000;

/**
 * While others have the core, a gateway's code leaves the caches; after a while V8 throws it away and the system takes
 * memory back. What brings all that back is not counted.
 */
async function wakeUp(
  { program, ask }: Contestant<string>,
  { unary, leadIn, wake }: Size,
): Promise<void> {
  const isAwake = performance.now() - (lastAsked.get(program) ?? 0) < awake;
  const requests = isAwake ? leadIn : wake;
  await saturate(program.port, ask(), { connections: unary, ms: 2000, requests });
}

/** What a gateway adds to a time that the upstream needs by itself. */
export function overDirect({ direct, ...others }: Record<string, number>): Sample {
  const added = Object.entries(others).map(([name, value]) => [name, value - (direct ?? NaN)]);
  return Object.fromEntries(added) as Sample;
}
