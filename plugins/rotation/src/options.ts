import * as v from "valibot";
import { readOptions } from "@agproxy/core";
import { type StrategyName, strategies } from "./ranking.ts";

export interface RotationOptions {
  /** Which of the free accounts comes first. Default: `round-robin`. */
  readonly strategy?: StrategyName;
  /** Whether the requests of one conversation stay on one account as long as that is free. Default: true. */
  readonly sticky?: boolean;
  /** How often an exchange is sent at most, the first time included. Default: 3. */
  readonly attempts?: number;
}

const schema = v.strictObject({
  strategy: v.optional(v.picklist(Object.keys(strategies) as StrategyName[]), "round-robin"),
  sticky: v.optional(v.boolean(), true),
  attempts: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(10)), 3),
});

/** The options with their defaults. */
export function readRotationOptions(options: RotationOptions): Required<RotationOptions> {
  return readOptions(
    "rotation",
    schema,
    options,
    'rotation({ strategy: "fill-first", attempts: 3 })',
  );
}
