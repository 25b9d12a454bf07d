import { isatty } from "node:tty";
import type { Log } from "../hooks/plugin.ts";

/** Why the gateway stops, and what the process says of it. */
export interface Stop {
  readonly reason: string;
  readonly exitCode: number;
}

/** More uncaught exceptions than this within a minute are a defect that does not mend itself. */
const maxDefectsPerMinute = 10;

/**
 * Keeps defects of plugins from ending every open stream: a promise that failed and that nobody waited for, and an
 * exception in a timer or an event listener. Each is logged with its stack. Resolves where exceptions become too many.
 */
export function untilTooManyDefects(log: Log): Promise<Stop> {
  process.on("unhandledRejection", (reason) => {
    log.error({ err: asError(reason) }, "a promise failed that nobody waited for; agproxy goes on");
  });
  return new Promise((resolve) => {
    const times: number[] = [];
    process.on("uncaughtException", (error) => {
      log.error({ err: asError(error) }, "an exception that nobody caught; agproxy goes on");
      const now = Date.now();
      times.push(now);
      if (times.length > maxDefectsPerMinute && now - (times.shift() ?? now) < 60_000) {
        resolve({ reason: "too many uncaught exceptions", exitCode: 1 });
      }
    });
  });
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

/**
 * What SIGHUP does: it never ends agproxy, also while it starts, and reloads. But where the terminal that it was started on is
 * closed, there is nobody left to stop it.
 */
export function onHangUp() {
  const hadTerminal = isatty(stdin);
  const { promise: closed, resolve } = Promise.withResolvers<Stop>();
  let reload: (() => void) | undefined;
  let isAsked = false;
  process.on("SIGHUP", () => {
    // Windows ends every process soon after its console was closed.
    const isClosed = process.platform === "win32" || (hadTerminal && !isatty(stdin));
    if (isClosed) resolve({ reason: "the terminal was closed", exitCode: 0 });
    else if (reload === undefined) isAsked = true;
    else reload();
  });
  return {
    closed,
    /** What a reload is; one that was asked for during the start follows now. */
    reload(next: () => void) {
      reload = next;
      if (isAsked) next();
    },
  };
}

const stdin = 0;

/** Resolves with the first signal, which asks for a clean stop. A second one ends the process at once, after `last`. */
export function untilSignal(last = () => {}): Promise<Stop> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      process.on(signal, () => {
        resolve({ reason: signal, exitCode: 0 });
        process.once(signal, () => {
          last();
          process.exit(130);
        });
      });
    }
  });
}

/**
 * The same for a worker: SIGTERM stops it alone, and another one takes its place. SIGINT comes to the primary, too, which tells
 * all workers: a terminal sends it to every process.
 */
export function untilTerminated(): Promise<Stop> {
  process.on("SIGINT", () => {});
  return new Promise((resolve) => {
    process.on("SIGTERM", () => resolve({ reason: "SIGTERM", exitCode: 0 }));
  });
}
