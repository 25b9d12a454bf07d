import { setTimeout as sleep } from "node:timers/promises";
import {
  AgproxyError,
  type Caller,
  type ChatRun,
  type JsonObject,
  newStamp,
  type PluginContext,
} from "@agproxy/core";
import { responseFailure } from "../output/response-object.ts";
import type { ResponsesProtocol } from "../protocol.ts";
import { type Archive, heartbeatIntervalMs } from "../state/archive.ts";
import { RunCounts, type RunLimits } from "./run-counts.ts";
import { Run } from "./run.ts";

/** A run has no client that would give up. */
const maxRunMs = 3_600_000;

export interface Runs {
  /** Begins a background response. Throws what is wrong with the request. */
  start(asked: ChatRun): Promise<{ readonly run: Run; readonly response: JsonObject }>;
  /** A run of this instance that is under way. */
  find(caller: Caller, id: string): Run | undefined;
  /** Cancels a run and waits until its response is stored. */
  cancel(run: Run): Promise<void>;
  /** Resolves once every run has ended; those that outlast the grace period are ended as failed. */
  close(): Promise<void>;
}

interface RunSources {
  readonly protocol: ResponsesProtocol;
  readonly runChat: PluginContext["runChat"];
  readonly archive: Archive;
  readonly stopping: AbortSignal;
  /** How long runs may go on once agproxy stops. */
  readonly graceMs: number;
  readonly limits: RunLimits;
}

export function createRuns(sources: RunSources): Runs {
  const { protocol, runChat, archive, stopping, graceMs, limits } = sources;
  const counts = new RunCounts(limits);
  const live = new LiveRuns(stopping, graceMs);

  async function carryOut(run: Run): Promise<void> {
    const heartbeat = setInterval(
      () => void archive.saveHeartbeat(run.caller, run.id),
      heartbeatIntervalMs,
    ).unref();
    const deadline = setTimeout(() => run.stop(tookTooLong()), maxRunMs).unref();
    try {
      await run.carryOut();
      if (run.streamed) await archive.saveFrames(run.caller, run.id, run.frames.frames);
    } finally {
      clearInterval(heartbeat);
      clearTimeout(deadline);
    }
  }

  async function begin({ incoming: asked, caller, body }: ChatRun, leave: () => void) {
    const abort = new AbortController();
    const incoming = { ...asked, signal: abort.signal, setHeader: () => {} };
    const request = await protocol.decode(body, incoming, caller);
    for (const field of request.ignored) asked.noteIgnored(field);
    const identity = { caller, model: request.request.model, stamp: newStamp() };
    const record = protocol.queued(request, identity);
    const run = new Run({ protocol, runChat, incoming, identity, body, request, abort });
    await archive.saveHeartbeat(caller, run.id);
    if (!(await archive.save(caller, run.id, record))) {
      throw new AgproxyError("internal_error", "The background response could not be stored.");
    }
    live.add(run, carryOut(run).finally(leave));
    return { run, response: record.response };
  }

  return {
    async start({ incoming: asked, caller, body }) {
      if (stopping.aborted) throw new AgproxyError("shutting_down");
      const leave = counts.enter(caller, bodyBytes(asked));
      try {
        return await begin({ incoming: asked, caller, body }, leave);
      } catch (thrown) {
        leave();
        throw thrown;
      }
    },
    find: (caller, id) => live.find(caller, id),
    cancel: (run) => live.cancel(run),
    close: () => live.close(),
  };
}

/** The runs of this instance that are under way. */
class LiveRuns {
  readonly #runs = new Map<Run, Promise<void>>();
  #stopped: Promise<void> | undefined;

  /** Once `stopping` aborts, runs have `graceMs` to end by themselves. */
  constructor(stopping: AbortSignal, graceMs: number) {
    stopping.addEventListener("abort", () => {
      this.#stopped = this.#stop(graceMs);
    });
  }

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
    await this.#stopped;
    // A request that was still being read when agproxy stopped may have begun one since.
    await this.#endAll();
  }

  async #stop(graceMs: number): Promise<void> {
    const over = new AbortController();
    await Promise.race([Promise.allSettled(this.#runs.values()), pause(graceMs, over.signal)]);
    over.abort();
    await this.#endAll();
  }

  async #endAll(): Promise<void> {
    for (const run of this.#runs.keys()) run.stop(interrupted());
    await Promise.allSettled(this.#runs.values());
  }
}

/** Ends early, without an error, where `signal` aborts. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return sleep(ms, undefined, { ref: false, signal }).catch(() => {});
}

/** A body that was sent without its length may be as large as the largest that can be stored. */
const unknownBodyBytes = 8 * 1024 * 1024;

function bodyBytes({ headers }: ChatRun["incoming"]): number {
  return Number(headers["content-length"] ?? unknownBodyBytes);
}

function tookTooLong(): AgproxyError {
  const message = `The background response took longer than ${maxRunMs / 60_000} minutes.`;
  return new AgproxyError("request_timeout", message, { advice: "Ask for less at once." });
}

function interrupted(): AgproxyError {
  const message = "agproxy was stopped before the response was complete.";
  return new AgproxyError("shutting_down", message, { advice: "Send the request again." });
}

/** An unfinished response whose instance stopped. */
export function interruptedResponse(response: JsonObject): JsonObject {
  return { ...response, status: "failed", error: responseFailure(interrupted()) };
}
