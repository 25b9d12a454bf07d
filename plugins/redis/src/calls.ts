import type { Store } from "@agproxy/core";

/** What can be asked of Redis, and of what stands in for it. */
export type Calls = Pick<
  Store,
  "get" | "set" | "setOnce" | "delete" | "add" | "entries" | "release"
> & {
  claim(key: string, holder: string, ttlMs: number, places: number): Promise<number>;
};
