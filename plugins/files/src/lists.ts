import { isObject, type Store } from "@agproxy/core";
import { aloneAt } from "./lock.ts";
import type { StoredFile } from "./stored-file.ts";

/** What a file takes, and until when: its bytes, and milliseconds since the epoch. */
type Room = readonly [bytes: number, expires: number];

/** What each file of a caller takes: one that expires gives its room back to all, whatever the others do. */
type Share = readonly Room[];

const sharesKey = "file-shares/all";

const keyOf = (owner: string) => `file-lists/${owner}`;

/** The callers' lists, without what has expired. `owner` is a caller as keys have it. */
export function createLists(store: Store) {
  const alone = aloneAt(store, "file-locks/all");

  async function read(owner: string): Promise<readonly StoredFile[]> {
    const files: unknown = JSON.parse((await store.get(keyOf(owner))) ?? "[]");
    const now = Date.now();
    return Array.isArray(files)
      ? files.filter(isStoredFile).filter((file) => file.expires > now)
      : [];
  }

  async function readShares(): Promise<ReadonlyMap<string, Share>> {
    const shares: unknown = JSON.parse((await store.get(sharesKey)) ?? "[]");
    const now = Date.now();
    return Array.isArray(shares)
      ? new Map(
          shares
            .filter(isShare)
            .map(([owner, rooms]) => [owner, rooms.filter(([, expires]) => expires > now)]),
        )
      : new Map();
  }

  return {
    read,
    /** Makes another list of a caller's. `make` also gets how many bytes all other callers have; what it throws changes nothing. */
    change(
      owner: string,
      make: (files: readonly StoredFile[], others: number) => readonly StoredFile[],
    ): Promise<void> {
      return alone(async () => {
        const shares = new Map(await readShares());
        shares.delete(owner);
        const others = [...shares.values()].flat().reduce((sum, [bytes]) => sum + bytes, 0);
        const files = make(await read(owner), others);
        const rooms = files.map(({ bytes, expires }): Room => [bytes, expires]);
        await keep(keyOf(owner), files, rooms);
        shares.set(owner, rooms);
        const taken = [...shares].filter(([, share]) => share.length > 0);
        await keep(
          sharesKey,
          taken,
          taken.flatMap(([, share]) => share),
        );
      });
    },
  };

  /** Writes a value that lives as long as the last of what it is about. */
  async function keep(key: string, value: unknown, about: Share): Promise<void> {
    const last = about.reduce((latest, [, expires]) => Math.max(latest, expires), 0);
    if (about.length === 0) await store.delete(key);
    else await store.set(key, JSON.stringify(value), Math.max(1, last - Date.now()));
  }
}

/** Only this plugin writes its keys, so the fields' own types need no check. */
export function isStoredFile(value: unknown): value is StoredFile {
  return isObject(value) && "id" in value && "expires" in value;
}

function isShare(value: unknown): value is readonly [string, Share] {
  return Array.isArray(value) && value.length === 2 && Array.isArray(value[1]);
}
