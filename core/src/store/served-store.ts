import type { Store } from "./store.ts";
import {
  isMessage,
  type RemoteCall,
  type StoreQuestion,
  type StoreReply,
} from "./store-messages.ts";

/** A worker as the primary has it. */
export interface WorkerChannel {
  on(event: "message", listener: (message: unknown) => void): unknown;
  once(event: "exit", listener: () => void): unknown;
  isConnected(): boolean;
  send(message: StoreReply): unknown;
}

/** Answers the calls of a worker's `primaryStore` from a store of this process. */
export function serveStore(store: Store, worker: WorkerChannel): void {
  const watches = new Map<number, () => void>();
  const tell = (reply: StoreReply) => {
    if (worker.isConnected()) worker.send(reply);
  };
  const calls = {
    ...store,
    async watch(watch: number, prefix: string) {
      const stop = await store.watch(prefix, (key, entry) =>
        tell({ agproxy: "changed", watch, key, entry }),
      );
      watches.set(watch, stop);
    },
    async unwatch(watch: number) {
      watches.get(watch)?.();
      watches.delete(watch);
    },
  } satisfies Record<RemoteCall, unknown>;

  worker.on("message", (message) => {
    if (!isMessage(message, "store")) return;
    const { id, call, args } = message as StoreQuestion;
    // The other end is `primaryStore`, which is held to the types of the calls.
    const run = calls[call] as (...args: readonly unknown[]) => Promise<unknown>;
    run(...args).then(
      (value) => tell({ agproxy: "stored", id, value }),
      (thrown: unknown) => tell({ agproxy: "stored", id, error: String(thrown) }),
    );
  });
  worker.once("exit", () => {
    for (const stop of watches.values()) stop();
  });
}
