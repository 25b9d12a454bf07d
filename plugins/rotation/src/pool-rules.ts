import type { Attempt, Verdict } from "@agproxy/core";
import type { CoolDown } from "./cool-downs.ts";
import type { NextModel } from "./fallback.ts";
import type { AccountLimits } from "./limits.ts";
import type { Strategy } from "./strategies.ts";

/** How accounts are chosen, and how often. */
export interface PoolRules {
  readonly strategy: Strategy;
  /** Whether conversations stay on their account. */
  readonly sticky: boolean;
  readonly attempts: number;
  /** How long an exchange waits for an account at most, in milliseconds. */
  readonly maxWaitMs: number;
  readonly limits: AccountLimits;
  readonly nextModel: NextModel;
}

/** What follows from a failure. */
export interface Consequence {
  readonly verdict: Verdict | undefined;
  readonly coolDown: CoolDown | undefined;
}

/** What cools for a failure after the answer had begun. */
export interface Late {
  readonly attempt: Attempt;
  readonly coolDown: CoolDown;
}
