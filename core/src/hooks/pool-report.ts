import { defineExposed } from "./exposed.ts";
import type { Account } from "./stages.ts";

/** Why an account rests. */
export interface Rest {
  /** The model that it rests for; absent where it is all of them. */
  readonly model?: string;
  /** Milliseconds since the epoch. */
  readonly until: number;
  /** The code of the failure, and the failure in words. */
  readonly error: string;
  readonly reason: string;
}

/** How an account stands now. */
export interface AccountReport {
  /** `trying`: it has rested, and one request at a time tries it out. */
  readonly standing: "free" | "trying" | "resting";
  readonly rests: readonly Rest[];
  /** Attempts under way. */
  readonly inFlight: number;
}

/** What the plugin that chooses accounts knows. */
export interface PoolReport {
  of(account: Account): AccountReport;
  /** How many requests wait for an account, by the model that they wait for. */
  waiting(): Readonly<Record<string, number>>;
}

/**
 * What the rotation plugin, or another one of that name, exposes: how the accounts stand. `agproxy status` shows it.
 *
 * @example
 * const { standing } = agproxy.use(poolReport).of(account);
 */
export const poolReport = defineExposed<PoolReport>("rotation");
