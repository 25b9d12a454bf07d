import * as v from "valibot";
import { readOptions } from "@agproxy/core";
import type { Fallbacks } from "./fallback.ts";
import type { AccountLimits } from "./limits.ts";
import { type StrategyName, strategies } from "./strategies.ts";

export interface RotationOptions {
  /** Which of the free accounts comes first. Default: `round-robin`. */
  readonly strategy?: StrategyName;
  /** Whether the requests of one conversation stay on one account as long as that is free. Default: true. */
  readonly sticky?: boolean;
  /**
   * How many attempts of an exchange may fail that cost something: answers that began and failed, timeouts, cuts. Refusals
   * do not count, as they only tell that an account is out. Default: 3.
   */
  readonly attempts?: number;
  /** How long an exchange waits for an account where none is free, in milliseconds; 0 for not at all. Default: 10,000. */
  readonly maxWait?: number;
  /** How much accounts may be asked for, by label or id, by the name of a quota group, or `*` for each account. */
  readonly limits?: AccountLimits;
  /** The models that answer in the place of one that no account can serve now, in order. */
  readonly fallback?: Fallbacks;
}

const count = v.pipe(v.number(), v.integer(), v.minValue(1));
const amounts = { concurrency: v.optional(count), requestsPerMinute: v.optional(count) };
const limit = v.strictObject({
  ...amounts,
  reserve: v.optional(v.strictObject({ callers: v.array(v.string()), ...amounts })),
});

const schema = v.strictObject({
  strategy: v.optional(v.picklist(Object.keys(strategies) as StrategyName[]), "round-robin"),
  sticky: v.optional(v.boolean(), true),
  attempts: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(10)), 3),
  maxWait: v.optional(
    v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(10 * 60_000)),
    10_000,
  ),
  limits: v.optional(v.record(v.string(), limit), {}),
  fallback: v.optional(v.record(v.string(), v.pipe(v.array(v.string()), v.minLength(1))), {}),
});

/** The options with their defaults. */
export function readRotationOptions(options: RotationOptions): Required<RotationOptions> {
  return readOptions(
    "rotation",
    schema,
    options,
    'rotation({ strategy: "fill-first", attempts: 3, maxWait: 10_000 })',
  );
}
