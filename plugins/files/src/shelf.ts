import { type Caller, randomId, type Store } from "@agproxy/core";
import { deleteContent, readContent, writeContent } from "./content.ts";
import { FileStorageFull } from "./errors.ts";
import { createLists, isStoredFile } from "./lists.ts";
import { bytesIn, type NewFile, sizeOf, type StoredFile } from "./stored-file.ts";

export interface ShelfLimits {
  readonly maxCallerBytes: number;
  readonly maxTotalBytes: number;
  readonly maxFiles: number;
}

/** The files of all callers. Each finds only its own. */
export interface Shelf {
  /** Throws `file_storage_full`. */
  put(caller: Caller, file: NewFile): Promise<StoredFile>;
  /** Newest first. */
  list(caller: Caller): Promise<readonly StoredFile[]>;
  find(caller: Caller, id: string): Promise<StoredFile | undefined>;
  /**
   * As base64; undefined where some of it is gone, because the store had no room any more or cannot be reached. Nothing is
   * deleted for it: what a shared store does not show now may be there in a moment.
   */
  content(caller: Caller, file: StoredFile): Promise<string | undefined>;
  /** False where there was none. */
  delete(caller: Caller, id: string): Promise<boolean>;
}

/** What a process that dies while it writes leaves behind takes room for so long. */
const arrivalMs = 10 * 60_000;

/**
 * The shelf in a store. A caller's list is one value, and so are the sizes of all files: both change under a lock that
 * instances share. A file's room is taken before its content is written, so what is written never goes beyond the limits. A file is
 * found by a value of its own, also where the list was lost.
 */
export function createShelf(store: Store, limits: ShelfLimits): Shelf {
  const lists = createLists(store);

  async function remove(owner: string, file: StoredFile): Promise<void> {
    const { id } = file;
    await store.delete(keyOf(owner, id));
    await lists.change(owner, (files) => files.filter((other) => other.id !== id));
    await deleteContent(store, owner, file);
  }

  async function find(owner: string, id: string): Promise<StoredFile | undefined> {
    const text = idShape.test(id) ? await store.get(keyOf(owner, id)) : undefined;
    const file: unknown = text === undefined ? undefined : JSON.parse(text);
    return isStoredFile(file) && file.expires > Date.now() ? file : undefined;
  }

  return {
    async put(caller, { data, lifetimeMs, ...about }) {
      const owner = ownerOf(caller);
      const created = Date.now();
      const id = `file-${randomId()}`;
      const expires = created + lifetimeMs;
      const file = { id, bytes: bytesIn(data), created, expires, ...about };
      await lists.change(owner, (files, others) => {
        refuse(file, files, others, limits);
        const until = created + Math.min(arrivalMs, lifetimeMs);
        return [{ ...file, expires: until, isArriving: true }, ...files];
      });
      try {
        await writeContent(store, owner, file, data);
        await store.set(keyOf(owner, id), JSON.stringify(file), lifetimeMs);
        await lists.change(owner, (files) => [file, ...files.filter((other) => other.id !== id)]);
        return file;
      } catch (thrown) {
        await remove(owner, file);
        throw thrown;
      }
    },
    async list(caller) {
      const files = await lists.read(ownerOf(caller));
      return files.filter(({ isArriving }) => isArriving === undefined);
    },
    find: (caller, id) => find(ownerOf(caller), id),
    content: (caller, file) => readContent(store, ownerOf(caller), file),
    delete: async (caller, id) => {
      const owner = ownerOf(caller);
      const file = await find(owner, id);
      if (file !== undefined) await remove(owner, file);
      return file !== undefined;
    },
  };
}

/** The ids that are made here. Anything else, such as an id with a slash, must not become part of a key. */
const idShape = /^file-[0-9a-f]{32}$/;

const keyOf = (owner: string, id: string) => `files/${owner}/${id}`;

/** As keys of the store have a caller. */
function ownerOf({ id }: Caller): string {
  return encodeURIComponent(id);
}

/** Throws `file_storage_full` where there is no room. `others` is what all other callers have. */
function refuse(
  file: StoredFile,
  files: readonly StoredFile[],
  others: number,
  limits: ShelfLimits,
): void {
  const own = sizeOf(files) + file.bytes;
  const { maxFiles, maxCallerBytes, maxTotalBytes } = limits;
  if (files.length >= maxFiles) {
    throw new FileStorageFull(`This API key has ${maxFiles} files, and may have no more.`);
  }
  if (own > maxCallerBytes) {
    throw new FileStorageFull(
      `With this file the files of this API key would have ${own} bytes; they may have ${maxCallerBytes}.`,
    );
  }
  if (own + others > maxTotalBytes) {
    throw new FileStorageFull("The files of all callers leave no room for this one.");
  }
}
