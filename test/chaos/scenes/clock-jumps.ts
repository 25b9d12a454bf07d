import { setTimeout as sleep } from "node:timers/promises";
import { poolGateway } from "../../support/pool-gateway.ts";
import { ask, concurrently, failures } from "../client.ts";
import { type Behaviour, imitation, refuses, well } from "../imitation.ts";
import { Promises, type Scene } from "../scene.ts";

/** The time of day of this process, to be set by so many milliseconds. */
function settableClock() {
  const { now } = Date;
  let aheadMs = 0;
  Date.now = () => now() + aheadMs;
  return {
    set: (ms: number) => void (aheadMs = ms),
    [Symbol.dispose]: () => void (Date.now = now),
  };
}

/** Limited for a second from now on, by a clock that nobody sets. */
function limitedForASecond(): Behaviour {
  const until = performance.now() + 1000;
  return (call) => {
    const left = (until - performance.now()) / 1000;
    return left <= 0 ? well(call) : refuses({ status: 429, retryDelay: Math.max(left, 0.1) })(call);
  };
}

const hourMs = 3_600_000;

function clockIsSet(way: "back" | "ahead"): Scene {
  return {
    name: `the clock is set an hour ${way} while both accounts cool for 1 s and 20 requests wait, then 20 more come`,
    goal: "0 fail, and no account rests longer than it was told to",
    async play() {
      using clock = settableClock();
      const cool = limitedForASecond();
      await using upstream = await imitation({ 1: cool, 2: cool });
      const limits = { "*": { requestsPerMinute: 100 } };
      await using gateway = await poolGateway(upstream.url, { accounts: 2, rotation: { limits } });
      const waiting = concurrently(20, 20, (index) =>
        ask(gateway.url, { text: `Question ${index}` }),
      );
      while (upstream.refused < 2) await sleep(5);
      clock.set(way === "back" ? -hourMs : hourMs);
      const seen = await waiting;
      seen.push(
        ...(await concurrently(20, 4, (index) => ask(gateway.url, { text: `Then ${index}` }))),
      );
      const both = upstream.hits(1) > 1 && upstream.hits(2) > 1;
      const promises = new Promises();
      promises.holds("no client fails", failures(seen) === 0);
      promises.holds("both accounts are used afterwards", both);
      promises.holds("few calls are refused", upstream.refused <= 6);
      return promises.outcome(
        `${failures(seen)} of ${seen.length} fail, ${upstream.refused} refused calls`,
      );
    },
  };
}

export const clockJumps: readonly Scene[] = [clockIsSet("back"), clockIsSet("ahead")];
