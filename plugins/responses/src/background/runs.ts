import { randomBytes } from "node:crypto";
import {
  AgproxyError,
  type Caller,
  type Conversation,
  type JsonObject,
  type PluginContext,
} from "agproxy";
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
  /** Lets the runs go on for so many milliseconds, then ends them as failed. */
  close(patience: number): Promise<void>;
}

interface RunSources {
  readonly protocol: ResponsesProtocol;
  readonly converse: PluginContext["converse"];
  readonly archive: Archive;
}

export function createRuns({ protocol, converse, archive }: RunSources): Runs {
  const live = new Map<Run, Promise<void>>();
  let closing = false;

  async function carryOut(run: Run): Promise<void> {
    const beat = setInterval(
      () => void archive.beat(run.caller, run.id),
      archive.beatEvery,
    ).unref();
    try {
      await run.carryOut();
      if (closing) await markStopped(archive, run);
      if (run.streamed) await archive.saveFrames(run.caller, run.id, run.frames.frames);
    } finally {
      clearInterval(beat);
      live.delete(run);
    }
  }

  return {
    async start({ incoming, caller, body }) {
      if (live.size >= most || closing)
        throw new AgproxyError("rate_limit_exceeded", busy, { retryAfter: 5000 });
      const abort = new AbortController();
      const own = { ...incoming, signal: abort.signal, setHeader: () => {} };
      const decoded = await protocol.decode(body, own, caller);
      for (const field of decoded.ignored ?? []) incoming.noteIgnored(field);
      const created = Math.floor(Date.now() / 1000);
      const stamp = { id: randomBytes(18).toString("base64url"), created };
      const answered = { incoming: own, caller, model: decoded.request.model, stamp };
      const record = protocol.queued(answered);
      const run = new Run({ protocol, converse, answered, body, decoded, abort });
      await archive.beat(caller, run.id);
      if (!(await archive.save(caller, run.id, record)))
        throw new AgproxyError("internal_error", unkept);
      live.set(run, carryOut(run));
      return { run, response: record.response };
    },
    find: (caller, id) =>
      [...live.keys()].find((run) => run.id === id && run.caller.id === caller.id),
    async cancel(run) {
      run.stop();
      await live.get(run);
    },
    async close(patience) {
      const all = () => Promise.allSettled(live.values());
      if (live.size > 0) await Promise.race([all(), pause(patience)]);
      closing = true;
      for (const run of live.keys()) run.stop();
      await all();
    },
  };
}

const busy = "Too many background responses are under way.";
const unkept = "A background response must be kept, and the store did not take it.";

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}

/** A response that the gateway's end cut short was not cancelled by anybody. */
async function markStopped(archive: Archive, run: Run): Promise<void> {
  const record = await archive.load(run.caller, run.id);
  if (record?.response["status"] !== "cancelled") return;
  const response = stoppedResponse(record.response);
  await archive.save(run.caller, run.id, { ...record, response });
}

/** A response whose gateway stopped while it was being written. */
export function stoppedResponse(response: JsonObject): JsonObject {
  const error = {
    code: "server_error",
    message: "agproxy was stopped before the response was complete. Ask again.",
  };
  return { ...response, status: "failed", error };
}
