import { AgproxyError, type Caller } from "@agproxy/core";
import type { Run } from "./run.ts";

/** The runs that are under way here. */
export class LiveRuns {
  readonly #runs = new Map<Run, Promise<void>>();
  #over: Promise<void> | undefined;

  /** Once `stopping` aborts, runs go on for `patience` milliseconds; then they end as failed. */
  constructor(stopping: AbortSignal, patience: number) {
    stopping.addEventListener("abort", () => {
      this.#over = this.#wait(patience);
    });
  }

  get count(): number {
    return this.#runs.size;
  }

  /** `carriedOut` is what becomes of it. */
  add(run: Run, carriedOut: Promise<void>): void {
    const ended = carriedOut.finally(() => this.#runs.delete(run));
    this.#runs.set(run, ended);
  }

  find(caller: Caller, id: string): Run | undefined {
    return [...this.#runs.keys()].find((run) => run.id === id && run.caller.id === caller.id);
  }

  async cancel(run: Run): Promise<void> {
    run.stop();
    await this.#runs.get(run);
  }

  async close(): Promise<void> {
    await this.#over;
    // One may have begun while its request was still being read.
    await this.#end();
  }

  async #wait(patience: number): Promise<void> {
    await Promise.race([Promise.allSettled(this.#runs.values()), pause(patience)]);
    await this.#end();
  }

  async #end(): Promise<void> {
    for (const run of this.#runs.keys()) run.stop(stopped());
    await Promise.allSettled(this.#runs.values());
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}

/** Why a run failed whose gateway stopped while it was being written. */
export function stopped(): AgproxyError {
  const message = "agproxy was stopped before the response was complete.";
  return new AgproxyError("shutting_down", message, { advice: "Ask again." });
}
