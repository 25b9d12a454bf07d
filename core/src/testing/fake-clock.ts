import { syncBuiltinESMExports } from "node:module";
import { mock } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";

/** A clock that stands still until a test turns it. `using` puts the real one back. */
export interface FakeClock extends Disposable {
  /**
   * Moves the time on, once everything that needs no time has happened: timers that are due fire, and what waits for them goes
   * on. A timer that is set in its course counts from its end. Files and sockets are not waited for.
   */
  advance(ms: number): Promise<void>;
}

/**
 * Stops the clock of this process: `Date`, `setTimeout`, `setInterval` (also those of `node:timers` and
 * `node:timers/promises`) and `performance.now` stand still until `advance`. One at a time; make it before the gateway. `now`
 * is the time at its beginning, in milliseconds since the epoch; default: the real time.
 *
 * @example
 * using clock = fakeClock(Date.UTC(2026, 0, 1));
 * await using gateway = await openGateway({ plugins: [plainChat(), shout] });
 * await clock.advance(60_000);
 */
export function fakeClock(now: number = Date.now()): FakeClock {
  mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"], now });
  const started = performance.now();
  const stopwatch = mock.method(performance, "now", () => started + Date.now() - now);
  // Without it, modules that import a timer by its name keep the real one.
  syncBuiltinESMExports();
  return {
    async advance(ms) {
      await settled();
      mock.timers.tick(ms);
      await settled();
    },
    [Symbol.dispose]() {
      stopwatch.mock.restore();
      mock.timers.reset();
      syncBuiltinESMExports();
    },
  };
}

/** Turns of the event loop in which a request over a connection in memory gets as far as it can. */
const settlingTurns = 50;

async function settled(): Promise<void> {
  for (let turn = 0; turn < settlingTurns; turn += 1) await nextTurn();
}
