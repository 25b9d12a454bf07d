import { isMessage } from "../store/store-messages.ts";
import { workerNumber } from "../store/worker.ts";
import type { Stop } from "./stop-reasons.ts";
import type { PrimaryMessage, ReadyMessage } from "./worker-messages.ts";

/** Set for the first worker: it prints the banner for all. */
export const bannerVariable = "AGPROXY_BANNER";

/** This process as one of several workers. */
export interface WorkerProcess {
  readonly number: number;
  readonly printsBanner: boolean;
  /** Resolves when the primary stops all. */
  readonly stopped: Promise<Stop>;
  /** The primary was asked to reload. */
  onReload(reload: () => void): void;
  /** Tells the primary that it takes requests. */
  ready(): void;
  /** Lets go of the primary, which would keep a worker alive that could not start. */
  leave(): Promise<void>;
}

/** Undefined where this process is the only one. */
export function workerProcess(): WorkerProcess | undefined {
  const number = workerNumber();
  if (number === undefined) return undefined;
  const { promise: stopped, resolve } = Promise.withResolvers<Stop>();
  process.on("message", (message: unknown) => {
    if (!isMessage(message, "stop")) return;
    const { reason } = message as Extract<PrimaryMessage, { agproxy: "stop" }>;
    resolve({ reason, exitCode: 0 });
  });
  return {
    number,
    printsBanner: process.env[bannerVariable] === "1",
    stopped,
    onReload(reload) {
      process.on("message", (message: unknown) => {
        if (isMessage(message, "reload")) reload();
      });
    },
    ready: () => void process.send?.({ agproxy: "ready" } satisfies ReadyMessage),
    async leave() {
      const { default: cluster } = await import("node:cluster");
      cluster.worker?.disconnect();
    },
  };
}
