import { AgproxyError, type Caller } from "@agproxy/core";

/** Of all callers: each run holds its request and its answer in memory. */
const maxRuns = 512;
const retryAfterMs = 5000;

/** What a caller's background runs may be at once. */
export interface RunLimits {
  readonly runs: number;
  /** Their request bodies together. */
  readonly bytes: number;
}

/** The background runs of each caller that has some. */
export class RunCounts {
  readonly #limits: RunLimits;
  readonly #counts = new Map<string, { runs: number; bytes: number }>();
  #runs = 0;

  constructor(limits: RunLimits) {
    this.#limits = limits;
  }

  /** Counts a run until what it returns is called. Throws `caller_limit_reached` or `overloaded`. */
  enter({ id }: Caller, bytes: number): () => void {
    const count = this.#counts.get(id) ?? { runs: 0, bytes: 0 };
    const isOver = count.runs >= this.#limits.runs || count.bytes + bytes > this.#limits.bytes;
    if (count.runs > 0 && isOver) throw tooMany(count.runs);
    if (this.#runs >= maxRuns) {
      throw new AgproxyError("overloaded", undefined, { retryAfter: retryAfterMs });
    }
    this.#runs += 1;
    count.runs += 1;
    count.bytes += bytes;
    this.#counts.set(id, count);
    return () => {
      this.#runs -= 1;
      count.runs -= 1;
      count.bytes -= bytes;
      if (count.runs === 0) this.#counts.delete(id);
    };
  }
}

function tooMany(runs: number): AgproxyError {
  const message = `This API key has ${runs} background responses running, and may have no more.`;
  const details = { limit: "limits.backgroundRuns" };
  return new AgproxyError("caller_limit_reached", message, { retryAfter: retryAfterMs, details });
}
