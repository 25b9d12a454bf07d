import type { Store, StoreWatcher } from "./store.ts";
import {
  isMessage,
  type RemoteCall,
  type StoreQuestion,
  type StoreReply,
} from "./store-messages.ts";

/** What the other end of a channel between two processes has of it. */
export interface Channel {
  on(event: "message", listener: (message: unknown) => void): unknown;
  send(message: StoreQuestion): unknown;
}

interface Pending {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** The primary's store as its workers have it: each call goes over the channel between the two. */
export function primaryStore(channel: Channel): Store {
  const pending = new Map<number, Pending>();
  const watchers = new Map<number, StoreWatcher>();
  let count = 0;

  channel.on("message", (message) => {
    if (isMessage(message, "stored")) settle(pending, message as StoreReply);
    else if (isMessage(message, "changed")) {
      const { watch, key, entry } = message as Extract<StoreReply, { agproxy: "changed" }>;
      watchers.get(watch)?.(key, entry);
    }
  });

  function ask<T>(call: RemoteCall, ...args: readonly unknown[]): Promise<T> {
    count += 1;
    const id = count;
    return new Promise<T>((resolve, reject) => {
      pending.set(id, { resolve: (value) => resolve(value as T), reject });
      channel.send({ agproxy: "store", id, call, args });
    });
  }

  return {
    isShared: true,
    get: (key) => ask("get", key),
    set: (key, value, ttlMs) => ask("set", key, value, ttlMs),
    setOnce: (key, value, ttlMs) => ask("setOnce", key, value, ttlMs),
    delete: (key, value) => ask("delete", key, ...(value === undefined ? [] : [value])),
    add: (key, amount, ttlMs) => ask("add", key, amount, ttlMs),
    entries: (prefix) => ask("entries", prefix),
    claim: (key, holder, ttlMs, places = 1) => ask("claim", key, holder, ttlMs, places),
    release: (key, holder) => ask("release", key, holder),
    async watch(prefix, watcher) {
      const watch = (count += 1);
      watchers.set(watch, watcher);
      await ask("watch", watch, prefix);
      return () => {
        watchers.delete(watch);
        void ask("unwatch", watch);
      };
    },
    close: () => undefined,
  };
}

function settle(pending: Map<number, Pending>, reply: StoreReply): void {
  if (reply.agproxy !== "stored") return;
  const asked = pending.get(reply.id);
  pending.delete(reply.id);
  if ("error" in reply) asked?.reject(new Error(reply.error));
  else asked?.resolve(reply.value);
}
