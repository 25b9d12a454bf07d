import { setTimeout as sleep } from "node:timers/promises";
import type { Ask } from "./ask.ts";
import { Connection, type Received } from "./connection.ts";

export interface Load {
  readonly connections: number;
  /** No new request is sent after so many milliseconds. */
  readonly ms: number;
  /** Nor after so many requests. */
  readonly requests?: number;
  /** Over how many milliseconds the connections begin. */
  readonly spread?: number;
}

/** Asks again on every connection as soon as its answer is there, until time or requests are used up. */
export async function saturate(
  port: number,
  ask: Ask,
  { connections, ms, requests = Infinity, spread = 0 }: Load,
): Promise<readonly Received[]> {
  return withConnections(port, connections, async (open) => {
    const end = performance.now() + ms;
    let sent = 0;
    const loops = open.map(async (connection, index) => {
      const received: Received[] = [];
      // Streams that all began at once would send all their events at once.
      if (spread > 0) await sleep((spread * index) / connections);
      do {
        sent += 1;
        received.push(await connection.ask(ask.request));
      } while (performance.now() < end && sent < requests);
      return received;
    });
    return checked(ask, (await Promise.all(loops)).flat());
  });
}

/** Asks at a fixed rate, whatever the answers do: a request that no connection was free for is late by that much. */
export async function atRate(
  port: number,
  ask: Ask,
  { connections, perSecond, ms }: { connections: number; perSecond: number; ms: number },
): Promise<readonly Received[]> {
  return withConnections(port, connections, async (open) => {
    const start = performance.now();
    const total = Math.round((perSecond * ms) / 1000);
    let next = 0;
    const loops = open.map(async (connection) => {
      const received: Received[] = [];
      while (next < total) {
        const due = start + (1000 * next++) / perSecond;
        const wait = due - performance.now();
        if (wait > 0) await sleep(wait);
        const answer = await connection.ask(ask.request);
        // A timer that fires late is our own fault.
        received.push(wait > 0 ? answer : { ...answer, sentAt: due });
      }
      return received;
    });
    return checked(ask, (await Promise.all(loops)).flat());
  });
}

async function withConnections<Result>(
  port: number,
  count: number,
  use: (open: readonly Connection[]) => Promise<Result>,
): Promise<Result> {
  const open = await Promise.all(Array.from({ length: count }, () => Connection.open(port)));
  try {
    return await use(open);
  } finally {
    for (const connection of open) connection.close();
  }
}

function checked(ask: Ask, answers: readonly Received[]): readonly Received[] {
  for (const answer of answers) ask.check(answer);
  return answers;
}
