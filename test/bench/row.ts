import { type ContestantName, gateways, peers } from "./contestant.ts";
import { spread, type Spread } from "./statistics.ts";

/** What is told of a measurement. */
export interface Measure {
  readonly name: string;
  readonly unit: string;
  /** Whether the quantity is steady enough that a worse ratio means something. */
  readonly steady: boolean;
  /** What agproxy is compared with, where that is no gateway. */
  readonly other?: string;
}

/** What was measured in one round, one after the other. */
export type Sample = Readonly<Partial<Record<ContestantName | "other", number>>>;

export interface Row extends Measure {
  readonly values: Readonly<Partial<Record<ContestantName, Spread>>>;
  /** Each one's value divided by bare's of the same round. */
  readonly timesBare: Readonly<Partial<Record<ContestantName, Spread>>>;
  /** agproxy's value divided by the others' of the same round. */
  readonly ratios: Readonly<Partial<Record<"reference" | "other", Spread>>>;
}

const names = [...gateways, ...peers] as const;
const divisors = ["reference", "other"] as const;

/** Sums the rounds of one measurement up. */
export function row(measure: Measure, samples: readonly Sample[]): Row {
  const values = each(names, (name) => samples.map((sample) => sample[name]));
  const timesBare = each(names, (name) =>
    name === "bare" ? [] : samples.map((sample) => quotient(sample[name], sample.bare)),
  );
  const ratios = each(divisors, (name) =>
    samples.map((sample) => quotient(sample.agproxy, sample[name])),
  );
  return { ...measure, values, timesBare, ratios };
}

/** The spread of those that every round has. */
function each<Name extends string>(
  names: readonly Name[],
  of: (name: Name) => readonly (number | undefined)[],
): Partial<Record<Name, Spread>> {
  const spreads: Partial<Record<Name, Spread>> = {};
  for (const name of names) {
    const numbers = of(name).filter((value) => value !== undefined);
    if (numbers.length > 0 && numbers.length === of(name).length) spreads[name] = spread(numbers);
  }
  return spreads;
}

function quotient(value: number | undefined, divisor: number | undefined): number | undefined {
  return value === undefined || divisor === undefined ? undefined : value / divisor;
}
