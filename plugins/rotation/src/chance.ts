/** Two clocks in milliseconds. */
export interface Clock {
  /** The time of day, since the epoch: somebody may set it. */
  readonly now: () => number;
  /** For waits: since any moment, and only ever forward. */
  readonly steady: () => number;
}

/** What a pool depends on that tests decide. */
export interface Chance extends Clock {
  /** From 0 to 1. */
  readonly random: () => number;
}

/** The machine's own. */
export const realChance: Chance = {
  now: () => Date.now(),
  steady: () => performance.now(),
  random: () => Math.random(),
};
