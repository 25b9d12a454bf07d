import { getHeapStatistics } from "node:v8";
import { createError } from "@agproxy/core";

export const LinkedFilesBusy = createError("linked_files_busy", {
  status: 503,
  type: "rate_limit_error",
  text: "The files that requests link to fill the memory that is set aside for them.",
  advice: "Try again in a moment, or link to fewer or smaller files.",
});

/** A few hundred bytes of links become 64 MiB, so what all requests hold is a part of the heap. */
const shareOfHeap = 1 / 8;

export function defaultHeldBytes(): number {
  return Math.floor(getHeapStatistics().heap_size_limit * shareOfHeap);
}

const retryAfterMs = 2000;

/** What one request holds. */
export interface Holding {
  /** Adds bytes. Throws `linked_files_busy` where they are too many. */
  add(bytes: number): void;
  /** Gives all of them back; what is added later counts no more. */
  release(): void;
}

/**
 * Counts the bytes of files that requests hold, in all and by caller. A caller may have half of them, so that nobody takes all. A
 * request alone is never refused: its own limit is `maxTotalBytes`.
 */
export function createHeldBytes(maxBytes: number): (caller: string) => Holding {
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
        if (isBusy || isGreedy) throw new LinkedFilesBusy(undefined, { retryAfter: retryAfterMs });
      },
      release() {
        isOpen = false;
        change(caller, -held);
        held = 0;
      },
    };
  };
}
