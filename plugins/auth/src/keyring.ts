import { hash, timingSafeEqual } from "node:crypto";
import type { Caller } from "@agproxy/core";
import type { NamedKey } from "./key-list.ts";

/** Finds whose key it is. */
export type Keyring = (key: string) => Caller | undefined;

/**
 * Compares a key with every known one in constant time, all of them padded to one length, so that the time
 * of an answer says nothing about how much of a key was right or which one it was. Digests of equal
 * length would do as well, and cost six times as much.
 */
export function createKeyring(keys: readonly NamedKey[]): Keyring {
  const room = Math.max(0, ...keys.map(({ key }) => Buffer.byteLength(key)));
  const entries = keys.map(({ key, name }) => {
    const padded = Buffer.alloc(room);
    padded.write(key);
    const caller: Caller = { id: callerId(key), name };
    return { padded, length: key.length, caller };
  });
  const presented = Buffer.alloc(room);
  return (key) => {
    presented.fill(0).write(key);
    let found: Caller | undefined;
    for (const entry of entries) {
      // The length tells a key from one that only begins with it, or has a null character at its end.
      if (timingSafeEqual(entry.padded, presented) && entry.length === key.length) {
        found = entry.caller;
      }
    }
    return found;
  };
}

/** A digest of a digest: the id is stored and logged, and must not help to guess the key. */
function callerId(key: string): string {
  return hash("sha256", hash("sha256", key, "buffer")).slice(0, 16);
}
