import { hash, timingSafeEqual } from "node:crypto";
import type { Caller } from "@agproxy/core";
import type { NamedKey } from "./key-list.ts";

/** Finds whose key it is; undefined for an unknown one. */
export type Keyring = (key: string) => Caller | undefined;

/**
 * Compares a key with every known one in constant time, all padded to one length. The time of an answer tells neither
 * how much of a key was right nor which one it was. Comparing digests would be as safe, at six times the cost.
 */
export function createKeyring(keys: readonly NamedKey[]): Keyring {
  const paddedBytes = Math.max(0, ...keys.map(({ key }) => Buffer.byteLength(key)));
  const entries = keys.map(({ key, name }) => {
    const padded = Buffer.alloc(paddedBytes);
    padded.write(key);
    const caller: Caller = { id: callerId(key), name };
    return { padded, length: key.length, caller };
  });
  const presented = Buffer.alloc(paddedBytes);
  return (key) => {
    presented.fill(0).write(key);
    let found: Caller | undefined;
    for (const entry of entries) {
      // Padding hides where a key ends, so a longer key that begins with a known one must differ in length.
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
