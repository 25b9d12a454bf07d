import type { StoredEntry } from "./store.ts";

/** The calls of a store that a worker makes of the primary. */
export type RemoteCall =
  | "get"
  | "set"
  | "setOnce"
  | "delete"
  | "add"
  | "entries"
  | "claim"
  | "release"
  | "watch"
  | "unwatch";

/** From a worker to the primary. */
export interface StoreQuestion {
  readonly agproxy: "store";
  readonly id: number;
  readonly call: RemoteCall;
  readonly args: readonly unknown[];
}

/** From the primary to a worker. */
export type StoreReply =
  | { readonly agproxy: "stored"; readonly id: number; readonly value?: unknown }
  | { readonly agproxy: "stored"; readonly id: number; readonly error: string }
  | {
      readonly agproxy: "changed";
      readonly watch: number;
      readonly key: string;
      readonly entry?: StoredEntry | undefined;
    };

/** Whether a message of another process is of this kind: there may be others. */
export function isMessage<Kind extends string>(
  message: unknown,
  kind: Kind,
): message is { readonly agproxy: Kind } {
  return (
    typeof message === "object" &&
    message !== null &&
    "agproxy" in message &&
    message.agproxy === kind
  );
}
