import { type Account, remember } from "@agproxy/core";
import { Probes } from "./probes.ts";

/** What is known of a model on all accounts together. */
export interface ModelState {
  /** How many exchanges were sent that no conversation had bound to an account. */
  count: number;
  /** The accounts that have answered for it. */
  readonly proven: WeakSet<Account>;
  /** The first attempts on accounts that nobody had asked for it before. */
  readonly firstTries: Probes<Account>;
  /** Overloads without an answer between them. */
  overloadsInRow: number;
  /** Milliseconds since the epoch: until then accounts that were overloaded are not tried. */
  restsUntil: number;
}

/** Model names come from clients, so an unbounded map would exhaust memory. */
const maxModels = 1000;

/** The states of all models, by their keys. */
export function createModelStates(): (model: string) => ModelState {
  return remember(maxModels, () => ({
    count: 0,
    proven: new WeakSet(),
    firstTries: new Probes(),
    overloadsInRow: 0,
    restsUntil: 0,
  }));
}
