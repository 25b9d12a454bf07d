/**
 * Runs work for a key once it has a turn. Rejects with the signal's reason where that aborts before.
 *
 * @example
 * const turns = createTurns(4);
 * const found = await turns(caller.id, signal, () => sideCalls.send({ method: "GET", url, signal }));
 */
export type Turns = <T>(key: string, signal: AbortSignal, work: () => Promise<T>) => Promise<T>;

interface Line {
  running: number;
  /** Functions that begin a turn, in the order in which they came. */
  readonly waiting: Set<() => void>;
}

/**
 * Lets `limit` pieces of work run at a time for each key; further ones wait in order.
 *
 * @example
 * const turns = createTurns(4);
 */
export function createTurns(limit: number): Turns {
  const lines = new Map<string, Line>();

  function lineOf(key: string): Line {
    const line = lines.get(key) ?? { running: 0, waiting: new Set() };
    lines.set(key, line);
    return line;
  }

  /** Hands the turn to the next that waits. */
  function pass(key: string, line: Line): void {
    const [next] = line.waiting;
    if (next !== undefined) {
      line.waiting.delete(next);
      next();
      return;
    }
    line.running -= 1;
    if (line.running === 0) lines.delete(key);
  }

  return async (key, signal, work) => {
    signal.throwIfAborted();
    const line = lineOf(key);
    if (line.running < limit) line.running += 1;
    else await untilNext(line, signal);
    try {
      return await work();
    } finally {
      pass(key, line);
    }
  };
}

function untilNext({ waiting }: Line, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const begin = () => {
      signal.removeEventListener("abort", leave);
      resolve();
    };
    const leave = () => {
      waiting.delete(begin);
      reject(signal.reason as Error);
    };
    waiting.add(begin);
    signal.addEventListener("abort", leave, { once: true });
  });
}
