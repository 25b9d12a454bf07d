/** One promise of the pool, played with real sockets. */
export interface Scene {
  /** What happens. */
  readonly name: string;
  /** What must hold. */
  readonly goal: string;
  /** Why it cannot be played here, if so. */
  readonly skip?: string | false;
  /** Plays it. `random` is seeded, from 0 to 1. */
  play(random: () => number): Promise<Outcome>;
}

export interface Outcome {
  /** What was counted, in words. */
  readonly figures: string;
  /** What was promised and did not hold; empty where all did. */
  readonly broken: readonly string[];
}

/** Collects what did not hold. */
export class Promises {
  readonly #broken: string[] = [];

  holds(what: string, does: boolean): void {
    if (!does) this.#broken.push(what);
  }

  outcome(figures: string): Outcome {
    return { figures, broken: this.#broken };
  }
}

/** A generator of numbers from 0 to 1 that repeats itself for a seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mix = Math.imul(state ^ (state >>> 15), 1 | state);
    mix = (mix + Math.imul(mix ^ (mix >>> 7), 61 | mix)) ^ mix;
    return ((mix ^ (mix >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** So many different places from 1 to `among`. */
export function drawn(random: () => number, count: number, among: number): ReadonlySet<number> {
  const places = new Set<number>();
  while (places.size < count) places.add(1 + Math.floor(random() * among));
  return places;
}
