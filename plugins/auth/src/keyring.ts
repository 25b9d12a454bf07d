import { hash, timingSafeEqual } from "node:crypto";
import type { Caller } from "agproxy";
import type { NamedKey } from "./key-list.ts";

/** Finds whose key it is. Holds digests only. */
export type Keyring = (key: string) => Caller | undefined;

/**
 * Compares digests of equal length in constant time, with every key, so that the time of an answer says
 * nothing about how much of a key was right or which one it was.
 */
export function createKeyring(keys: readonly NamedKey[]): Keyring {
  const entries = keys.map(({ key, name }) => {
    const digest = sha256(key);
    // A digest of the digest: the id is stored and logged, and must not help to guess the key's digest.
    const caller: Caller = { id: sha256(digest).toString("hex").slice(0, 16), name };
    return { digest, caller };
  });
  return (key) => {
    const presented = sha256(key);
    let found: Caller | undefined;
    for (const { digest, caller } of entries) {
      if (timingSafeEqual(digest, presented)) found = caller;
    }
    return found;
  };
}

function sha256(input: string | Buffer): Buffer {
  return hash("sha256", input, "buffer");
}
