import { type Attempt, type Log, randomId, type Store } from "@agproxy/core";

/** A place that an attempt needs, of those that all instances have together. */
export interface Place {
  readonly key: string;
  readonly ttlMs: number;
  /** How many there are. */
  readonly places: number;
  /**
   * How long it is kept: as long as the attempt is open (`held`), so long but no longer than its time (`short`), or until its
   * time is over, whatever becomes of the attempt (`spent`).
   */
  readonly kept: "held" | "short" | "spent";
  /** There is none: the first that is taken is free in so many milliseconds at the latest. */
  refused(waitMs: number): void;
}

/** How long a place is held from when it was taken or held on to: so long it is lost where an instance is killed. */
export const leaseMs = 15_000;

/** How often this instance asks whether another one has given a place back, in milliseconds. */
export const askAgainMs = 100;
const renewalMs = leaseMs / 3;

/** For those who go on whatever the limit is. */
export const anyNumber = 2 ** 31;

interface Lease {
  readonly holder: string;
  readonly held: readonly Place[];
}

/** The places that the attempts of this instance hold. */
export class Leases {
  readonly #store: Store;
  readonly #log: Log;
  readonly #leases = new Map<Attempt, Lease>();
  #timer: NodeJS.Timeout | undefined;

  constructor(store: Store, log: Log) {
    this.#store = store;
    this.#log = log;
  }

  /** Takes all of them or none; false where one is not to be had. */
  async take(attempt: Attempt, wanted: readonly Place[]): Promise<boolean> {
    const holder = randomId();
    for (const [index, place] of wanted.entries()) {
      const waitMs = await this.#claim(place, holder);
      if (waitMs === 0) continue;
      this.#release(holder, wanted.slice(0, index));
      place.refused(waitMs);
      return false;
    }
    const held = wanted.filter(({ kept }) => kept !== "spent");
    if (held.length > 0) this.#hold(attempt, { holder, held });
    return true;
  }

  /** An attempt is over. */
  end(attempt: Attempt): void {
    const lease = this.#leases.get(attempt);
    if (lease === undefined) return;
    this.#leases.delete(attempt);
    this.#release(lease.holder, lease.held);
    if (this.#leases.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #hold(attempt: Attempt, lease: Lease): void {
    this.#leases.set(attempt, lease);
    this.#timer ??= setInterval(() => {
      for (const { holder, held } of this.#leases.values()) {
        // A request that is under way needs its place even if that was lost meanwhile.
        for (const place of held) {
          if (place.kept === "held") void this.#claim({ ...place, places: anyNumber }, holder);
        }
      }
    }, renewalMs).unref();
  }

  /** Where the store fails, this instance decides alone. */
  async #claim({ key, ttlMs, places }: Place, holder: string): Promise<number> {
    try {
      return await this.#store.claim(key, holder, ttlMs, places);
    } catch (thrown) {
      this.#failed(thrown, key);
      return 0;
    }
  }

  #release(holder: string, places: readonly Place[]): void {
    for (const { key } of places) {
      this.#store.release(key, holder).catch((thrown: unknown) => this.#failed(thrown, key));
    }
  }

  #failed(thrown: unknown, key: string): void {
    this.#log.warn(
      { err: thrown, key },
      "rotation: the store failed, limits hold for this instance alone",
    );
  }
}
