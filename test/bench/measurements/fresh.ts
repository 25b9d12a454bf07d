import type { Contestant, ContestantName } from "../contestant.ts";
import type { Program } from "../program.ts";
import type { Sample } from "../row.ts";
import type { Sitting } from "../sitting.ts";
import { shuffled } from "../statistics.ts";

export const mega = 1024 * 1024;

/** Measures two quantities of each gateway, in a process that did nothing before. */
export async function eachFresh(
  { contestants, fresh }: Sitting,
  measure: (program: Program, contestant: Contestant) => Promise<readonly [number, number]>,
): Promise<readonly [Sample, Sample]> {
  const first: Partial<Record<ContestantName, number>> = {};
  const second: Partial<Record<ContestantName, number>> = {};
  for (const contestant of shuffled(contestants)) {
    const { name } = contestant;
    const program = await fresh(name);
    try {
      [first[name], second[name]] = await measure(program, contestant);
    } finally {
      await program.stop();
    }
  }
  return [first, second];
}
