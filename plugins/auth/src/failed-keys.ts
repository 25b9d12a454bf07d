import { setTimeout as sleep } from "node:timers/promises";
import { addressGroup, AgproxyError, type Incoming } from "@agproxy/core";

/** How wrong keys are slowed down. */
export interface DelayLimits {
  /** So many wrong keys of one client are answered at once: people mistype. */
  readonly freeFailures: number;
  /** The first delay; each further one is twice as long. */
  readonly firstDelayMs: number;
  readonly maxDelayMs: number;
  /** A client that sent no wrong key for so long starts anew. */
  readonly forgetAfterMs: number;
  /** Clients are remembered up to this number; the one that failed longest ago is forgotten first. */
  readonly maxClients: number;
  /** Each waiting answer holds a socket, so further ones are refused at once. */
  readonly maxWaiting: number;
  readonly maxWaitingPerClient: number;
}

export const delayLimits: DelayLimits = {
  freeFailures: 5,
  firstDelayMs: 250,
  maxDelayMs: 5000,
  forgetAfterMs: 15 * 60_000,
  maxClients: 10_000,
  maxWaiting: 200,
  maxWaitingPerClient: 8,
};

interface Failures {
  readonly count: number;
  readonly at: number;
}

/** Counts wrong keys by client, and says how long the answer to one has to wait. */
export function countFailures(limits: DelayLimits): (client: string, now: number) => number {
  // A Map keeps the order of insertion, so its first key is the client that failed longest ago.
  const clients = new Map<string, Failures>();
  return (client, now) => {
    const before = clients.get(client);
    const isRecent = before !== undefined && now - before.at < limits.forgetAfterMs;
    const count = isRecent ? before.count + 1 : 1;
    clients.delete(client);
    clients.set(client, { count, at: now });
    const [oldest] = clients.keys();
    if (clients.size > limits.maxClients && oldest !== undefined) clients.delete(oldest);
    const excess = count - limits.freeFailures;
    if (excess <= 0) return 0;
    return Math.min(limits.maxDelayMs, limits.firstDelayMs * 2 ** (excess - 1));
  };
}

type Asking = Pick<Incoming, "remoteAddress" | "signal">;

/**
 * Waits before the refusal of a wrong key, longer with each one of the same client. Throws `rate_limit_exceeded` in place of a
 * wait where too many wait already. Ends early where the client leaves or agproxy stops.
 */
export function delayRefusals(
  limits: DelayLimits,
  stopping: AbortSignal,
): (asking: Asking) => Promise<void> {
  const delayOf = countFailures(limits);
  const waiting = new Map<string, number>();
  let all = 0;
  return async ({ remoteAddress, signal }) => {
    const client = addressGroup(remoteAddress);
    const delayMs = delayOf(client, Date.now());
    if (delayMs === 0) return;
    const own = waiting.get(client) ?? 0;
    if (all >= limits.maxWaiting || own >= limits.maxWaitingPerClient) throw tooMany(delayMs);
    all += 1;
    waiting.set(client, own + 1);
    const over = AbortSignal.any([signal, stopping]);
    try {
      await sleep(delayMs, undefined, { signal: over });
    } catch {
      // Whoever waited is gone, or is to be answered before the stop.
    } finally {
      all -= 1;
      const left = (waiting.get(client) ?? 1) - 1;
      if (left === 0) waiting.delete(client);
      else waiting.set(client, left);
    }
  };
}

function tooMany(retryAfter: number): AgproxyError {
  return new AgproxyError(
    "rate_limit_exceeded",
    "Too many wrong API keys came from this address.",
    {
      retryAfter,
      advice: "Check the key; a right one is never delayed.",
    },
  );
}
