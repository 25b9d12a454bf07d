import { getHeapStatistics } from "node:v8";

/** A few hundred bytes of a request may become many megabytes, so what all requests hold is a part of the heap. */
const shareOfHeap = 1 / 8;

/** How many bytes of files requests may hold at a time, where a config does not say. */
export function defaultHeldBytes(): number {
  return Math.floor(getHeapStatistics().heap_size_limit * shareOfHeap);
}

/** What one request holds. */
export interface Holding {
  /** Adds bytes. Throws where they are too many. */
  add(bytes: number): void;
  /** Gives all of them back; what is added later counts no more. */
  release(): void;
}

/**
 * Counts the bytes of files that requests hold, in all and by caller. A caller may have half of them, so that nobody takes all. A
 * request alone is never refused: it has limits of its own. `busy` makes the error for those who must come later.
 *
 * @example
 * const hold = createHeldBytes(defaultHeldBytes(), () => new AgproxyError("overloaded"));
 * const holding = hold(exchange.caller.id);
 * holding.add(bytes.byteLength);
 */
export function createHeldBytes(maxBytes: number, busy: () => Error): (caller: string) => Holding {
  const byCaller = new Map<string, number>();
  let all = 0;

  function change(caller: string, bytes: number): void {
    all += bytes;
    const own = (byCaller.get(caller) ?? 0) + bytes;
    if (own === 0) byCaller.delete(caller);
    else byCaller.set(caller, own);
  }

  return (caller) => {
    let held = 0;
    let isOpen = true;
    return {
      add(bytes) {
        if (!isOpen) return;
        held += bytes;
        change(caller, bytes);
        const own = byCaller.get(caller) ?? 0;
        const isBusy = all > maxBytes && all > held;
        const isGreedy = own > maxBytes / 2 && own > held;
        if (isBusy || isGreedy) throw busy();
      },
      release() {
        isOpen = false;
        change(caller, -held);
        held = 0;
      },
    };
  };
}
