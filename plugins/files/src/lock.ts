import { setTimeout as sleep } from "node:timers/promises";
import { randomId, type Store } from "@agproxy/core";

/** Who holds it for longer has died. */
const lockMs = 10_000;
const lookAgainMs = 20;

/** Runs one piece of work at a time, in the order in which they come. */
export type Alone = <T>(work: () => Promise<T>) => Promise<T>;

/** The same among all instances that share the store. */
export function aloneAt(store: Store, key: string): Alone {
  let last: Promise<unknown> = Promise.resolve();

  async function locked<T>(work: () => Promise<T>): Promise<T> {
    const holder = randomId();
    for (;;) {
      const waitMs = await store.claim(key, holder, lockMs);
      if (waitMs === 0) break;
      await sleep(Math.min(waitMs, lookAgainMs));
    }
    try {
      return await work();
    } finally {
      await store.release(key, holder);
    }
  }

  return (work) => {
    const turn = last.then(() => locked(work));
    // The next one begins after this one, however that ended; who asked for it hears of a failure.
    last = turn.catch(() => undefined);
    return turn;
  };
}
