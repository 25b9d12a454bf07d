import {
  AgproxyError,
  type Caller,
  type Conversation,
  type JsonObject,
  newStamp,
  type PluginContext,
} from "@agproxy/core";
import { responseFailure } from "../output/response-object.ts";
import type { ResponsesProtocol } from "../protocol.ts";
import type { Archive } from "../state/archive.ts";
import { Run } from "./run.ts";

/** How many go on at once: each holds its answer in memory. */
const most = 256;

export interface Runs {
  /** Begins a response; it goes on when the client leaves. Throws what is wrong with the request. */
  start(conversation: Conversation): Promise<{ readonly run: Run; readonly response: JsonObject }>;
  /** One that is still under way, here. */
  find(caller: Caller, id: string): Run | undefined;
  /** Ends a run and waits until what it came to is kept. */
  cancel(run: Run): Promise<void>;
  /** Resolves once every run has ended, at the latest when the time that is left to them is over. */
  close(): Promise<void>;
}

interface RunSources {
  readonly protocol: ResponsesProtocol;
  readonly converse: PluginContext["converse"];
  readonly archive: Archive;
  readonly stopping: AbortSignal;
  /** How long runs may go on once agproxy stops, in milliseconds; then they end as failed. */
  readonly patience: number;
}

export function createRuns(sources: RunSources): Runs {
  const { protocol, converse, archive, stopping, patience } = sources;
  const live = new LiveRuns(stopping, patience);

  async function carryOut(run: Run): Promise<void> {
    const beat = setInterval(
      () => void archive.beat(run.caller, run.id),
      archive.beatEvery,
    ).unref();
    try {
      await run.carryOut();
      if (run.streamed) await archive.saveFrames(run.caller, run.id, run.frames.frames);
    } finally {
      clearInterval(beat);
    }
  }

  return {
    async start({ incoming, caller, body }) {
      if (stopping.aborted) throw new AgproxyError("shutting_down");
      if (live.count >= most) {
        throw new AgproxyError("rate_limit_exceeded", busy, { retryAfter: 5000 });
      }
      const abort = new AbortController();
      const own = { ...incoming, signal: abort.signal, setHeader: () => {} };
      const decoded = await protocol.decode(body, own, caller);
      for (const field of decoded.ignored ?? []) incoming.noteIgnored(field);
      const model = decoded.request.model;
      const answered = { incoming: own, caller, model, stamp: newStamp() };
      const record = protocol.queued(answered);
      const run = new Run({ protocol, converse, answered, body, decoded, abort });
      await archive.beat(caller, run.id);
      if (!(await archive.save(caller, run.id, record)))
        throw new AgproxyError("internal_error", unkept);
      live.add(run, carryOut(run));
      return { run, response: record.response };
    },
    find: (caller, id) => live.find(caller, id),
    cancel: (run) => live.cancel(run),
    close: () => live.close(),
  };
}

const busy = "Too many background responses are under way.";
const unkept = "A background response must be kept, and the store did not take it.";

/** A response whose gateway stopped while it was being written. */
export function stoppedResponse(response: JsonObject): JsonObject {
  return { ...response, status: "failed", error: responseFailure(stopped()) };
}

/** The runs that are under way here. */
class LiveRuns {
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
function stopped(): AgproxyError {
  const message = "agproxy was stopped before the response was complete.";
  return new AgproxyError("shutting_down", message, { advice: "Ask again." });
}
