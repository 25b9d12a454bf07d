import type { GatewayName } from "./program.ts";
import { median, spread, type Spread } from "./statistics.ts";

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
export type Sample = Readonly<Partial<Record<GatewayName | "other", number>>>;

export interface Row extends Measure {
  readonly values: {
    readonly agproxy: Spread;
    readonly bare?: Spread;
    readonly reference?: Spread;
  };
  /** Medians over the rounds of agproxy's value divided by the others' of the same round. */
  readonly ratios: { readonly bare?: number; readonly reference?: number; readonly other?: number };
}

/** Sums the rounds of one measurement up. */
export function row(measure: Measure, samples: readonly Sample[]): Row {
  const agproxy = samples.flatMap((sample) => sample.agproxy ?? []);
  const values = { agproxy: spread(agproxy) };
  const ratios = {};
  for (const name of ["bare", "reference", "other"] as const) {
    const measured = samples.flatMap((sample) => sample[name] ?? []);
    if (measured.length !== samples.length) continue;
    if (name !== "other") Object.assign(values, { [name]: spread(measured) });
    Object.assign(ratios, { [name]: median(agproxy.map((value, at) => value / measured[at]!)) });
  }
  return { ...measure, values, ratios };
}
