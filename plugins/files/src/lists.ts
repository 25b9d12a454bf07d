import { isObject, type Store } from "@agproxy/core";
import { aloneAt } from "./lock.ts";
import { sizeOf, type StoredFile } from "./stored-file.ts";

/** What the files of a caller take, and until when at the longest. */
interface Share {
  readonly bytes: number;
  readonly expires: number;
}

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
      ? new Map(shares.filter(isShare).filter(([, { expires }]) => expires > now))
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
        const others = [...shares.values()].reduce((sum, { bytes }) => sum + bytes, 0);
        const files = make(await read(owner), others);
        await keep(keyOf(owner), files, files);
        if (files.length > 0) shares.set(owner, { bytes: sizeOf(files), expires: lastOf(files) });
        await keep(sharesKey, [...shares], [...shares.values()]);
      });
    },
  };

  /** Writes a value that lives as long as what it is about. */
  async function keep(key: string, value: unknown, about: readonly Expiring[]): Promise<void> {
    if (about.length === 0) await store.delete(key);
    else await store.set(key, JSON.stringify(value), Math.max(1, lastOf(about) - Date.now()));
  }
}

type Expiring = Pick<Share, "expires">;

const lastOf = (list: readonly Expiring[]) =>
  list.reduce((last, { expires }) => Math.max(last, expires), 0);

/** Only this plugin writes its keys, so the fields' own types need no check. */
export function isStoredFile(value: unknown): value is StoredFile {
  return isObject(value) && "id" in value && "expires" in value;
}

function isShare(value: unknown): value is readonly [string, Share] {
  return Array.isArray(value) && value.length === 2 && isObject(value[1]) && "bytes" in value[1];
}
