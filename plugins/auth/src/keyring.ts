import { hash, timingSafeEqual } from "node:crypto";
import type { Caller } from "agproxy";
import type { NamedKey } from "./key-list.ts";

/** Finds whose key it is. */
export type Keyring = (key: string) => Caller | undefined;

/** The length of a key stands before it, in so many bytes. */
const lengthBytes = 4;

/**
 * Compares a key with every known one in constant time, all of them padded to one length, so that the time
 * of an answer says nothing about how much of a key was right or which one it was. Digests of equal
 * length would do as well, and cost six times as much.
 */
export function createKeyring(keys: readonly NamedKey[]): Keyring {
  const room = Math.max(0, ...keys.map(({ key }) => Buffer.byteLength(key)));
  const padded = (key: string, slot: Buffer): Buffer => {
    slot.fill(0);
    slot.writeUInt32LE(Buffer.byteLength(key));
    slot.write(key, lengthBytes);
    return slot;
  };
  const entries = keys.map(({ key, name }) => {
    const caller: Caller = { id: callerId(key), name };
    return { key: padded(key, Buffer.alloc(lengthBytes + room)), caller };
  });
  const presented = Buffer.alloc(lengthBytes + room);
  return (key) => {
    padded(key, presented);
    let found: Caller | undefined;
    for (const entry of entries) {
      if (timingSafeEqual(entry.key, presented)) found = entry.caller;
    }
    return found;
  };
}

/** A digest of a digest: the id is stored and logged, and must not help to guess the key. */
function callerId(key: string): string {
  return hash("sha256", hash("sha256", key, "buffer")).slice(0, 16);
}
