import cluster, { type Worker } from "node:cluster";
import { availableParallelism } from "node:os";
import { type ConfigSource, loadConfig } from "../config/config.ts";
import type { Log } from "../hooks/plugin.ts";
import { memoryStore } from "../store/memory-store.ts";
import { serveStore } from "../store/served-store.ts";
import { isMessage } from "../store/store-messages.ts";
import type { Store } from "../store/store.ts";
import { workerVariable } from "../store/worker.ts";
import { CommandLineError } from "./command-line.ts";
import { type LogPlace, logOutput, reopened } from "./log-output.ts";
import { onHangUp, untilSignal } from "./stop-reasons.ts";
import type { PrimaryMessage } from "./worker-messages.ts";
import { bannerVariable } from "./worker-process.ts";

const maxWorkers = 256;

/** How many workers an option asks for. */
export function workerCount(text: string): number {
  if (text === "auto") return availableParallelism();
  const count = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (count >= 1 && count <= maxWorkers) return count;
  throw new CommandLineError(
    `--workers ${text}: give a number from 1 to ${maxWorkers}, or auto for one on each processor.`,
  );
}

/**
 * `agproxy start --workers`: as many processes behind one port. This one, the primary, answers no requests: it holds what they
 * share, passes signals on, and replaces workers that end. The exit code is 0 after a clean stop, else the first worker's that
 * did not start.
 */
export async function startWorkers(
  count: number,
  source: ConfigSource,
  logPlace: Omit<LogPlace, "worker">,
): Promise<number> {
  const hangUp = onHangUp();
  // Mistakes in the config are told once, and not by each worker.
  const { server } = await loadConfig(source);
  const { log, reopen } = logOutput(server.logLevel, { ...logPlace, worker: undefined });
  const workers = new Workers(memoryStore(), log);
  const stopped = Promise.race([untilSignal(() => workers.kill()), hangUp.closed]);
  const failed = await Promise.race([workers.startAll(count), stopped.then(() => undefined)]);
  if (failed !== undefined) return failed;
  hangUp.reload(() => {
    reopened(reopen, log);
    workers.tellAll({ agproxy: "reload" });
  });
  const { reason } = await stopped;
  await workers.stop(reason);
  return 0;
}

/** A worker that lived so long did not fail for what it began with, in milliseconds. */
const longLifeMs = 10_000;
const backoff = { firstMs: 250, maxMs: 30_000 };

/** The workers of a primary. */
class Workers {
  readonly #store: Store;
  readonly #log: Log;
  readonly #workers = new Map<number, Worker>();
  /** How often each ended soon after its start, in a row. */
  readonly #shortLives = new Map<number, number>();
  /** Those that wait to take the place of one that ended. They keep the primary alive where no worker does. */
  readonly #replacements = new Set<NodeJS.Timeout>();
  #isStopping = false;

  constructor(store: Store, log: Log) {
    this.#store = store;
    this.#log = log;
  }

  /** Starts the first, and with it in place the others. Resolves with the exit code of a first one that did not start. */
  async startAll(count: number): Promise<number | undefined> {
    const first = this.#fork(1, { [bannerVariable]: "1" });
    const exitCode = await untilReady(first);
    if (exitCode !== undefined) return exitCode;
    this.#keep(1, first);
    if (this.#isStopping) return undefined;
    for (let number = 2; number <= count; number += 1) this.#keep(number, this.#fork(number));
    this.#log.info({ workers: count }, "workers are started");
    return undefined;
  }

  tellAll(message: PrimaryMessage): void {
    for (const worker of this.#workers.values()) {
      if (worker.isConnected()) worker.send(message);
    }
  }

  /** Lets all workers finish what they have; resolves when the last has ended. */
  async stop(reason: string): Promise<void> {
    this.#isStopping = true;
    for (const timer of this.#replacements) clearTimeout(timer);
    this.tellAll({ agproxy: "stop", reason });
    const ends = Array.from(this.#workers.values(), ended);
    await Promise.all(ends);
    this.#store.close();
  }

  /** Ends them at once. */
  kill(): void {
    this.#isStopping = true;
    for (const timer of this.#replacements) clearTimeout(timer);
    for (const worker of this.#workers.values()) worker.process.kill("SIGKILL");
  }

  #fork(number: number, environment: Readonly<Record<string, string>> = {}): Worker {
    const worker = cluster.fork({ ...environment, [workerVariable]: String(number) });
    this.#workers.set(number, worker);
    serveStore(this.#store, worker);
    return worker;
  }

  /** Replaces a worker when it ends. */
  #keep(number: number, worker: Worker): void {
    const startedAt = performance.now();
    worker.once("exit", (code: number | null, signal: string | null) => {
      this.#workers.delete(number);
      if (this.#isStopping) return;
      const livedMs = Math.round(performance.now() - startedAt);
      const before = livedMs >= longLifeMs ? 0 : (this.#shortLives.get(number) ?? 0);
      this.#shortLives.set(number, before + 1);
      const againMs = Math.min(backoff.firstMs * 2 ** before, backoff.maxMs);
      const what = { worker: number, code, signal, livedMs, againMs };
      this.#log.error(what, "a worker ended: another one takes its place");
      const timer = setTimeout(() => {
        this.#replacements.delete(timer);
        if (!this.#isStopping) this.#keep(number, this.#fork(number));
      }, againMs);
      this.#replacements.add(timer);
    });
  }
}

/** Resolves once a worker takes requests, or with its exit code where it ends before that. */
function untilReady(worker: Worker): Promise<number | undefined> {
  return new Promise((resolve) => {
    worker.on("message", (message: unknown) => {
      if (isMessage(message, "ready")) resolve(undefined);
    });
    worker.once("exit", (code: number | null) => resolve(code ?? 1));
  });
}

function ended(worker: Worker): Promise<void> {
  if (worker.isDead()) return Promise.resolve();
  return new Promise((resolve) => {
    worker.once("exit", () => resolve());
  });
}
