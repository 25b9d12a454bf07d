import { type Store, yieldToEventLoop } from "@agproxy/core";
import type { StoredFile } from "./stored-file.ts";

/**
 * Characters of base64 in one value of the store. A whole file in one would hold up a store that others share, and a slow
 * line to it would take longer than a call may.
 */
const pieceLength = 1024 * 1024;

/** The keys of a file's content, in order. `owner` is the caller as keys have it. */
function pieceKeys(owner: string, { id, bytes }: StoredFile): readonly string[] {
  const length = Math.ceil(bytes / 3) * 4;
  const pieces = Math.ceil(length / pieceLength);
  return Array.from({ length: pieces }, (_, index) => `file-contents/${owner}/${id}/${index}`);
}

export async function writeContent(
  store: Store,
  owner: string,
  file: StoredFile,
  data: string,
): Promise<void> {
  const ttlMs = file.expires - Date.now();
  for (const [index, key] of pieceKeys(owner, file).entries()) {
    await store.set(key, data.slice(index * pieceLength, (index + 1) * pieceLength), ttlMs);
    // A store on disk writes at once, and others are to have their turn in between.
    await yieldToEventLoop();
  }
}

/** As base64; undefined where the store has dropped some of it. */
export async function readContent(
  store: Store,
  owner: string,
  file: StoredFile,
): Promise<string | undefined> {
  const pieces: string[] = [];
  for (const key of pieceKeys(owner, file)) {
    const piece = await store.get(key);
    if (piece === undefined) return undefined;
    pieces.push(piece);
    await yieldToEventLoop();
  }
  return pieces.join("");
}

export async function deleteContent(store: Store, owner: string, file: StoredFile): Promise<void> {
  for (const key of pieceKeys(owner, file)) await store.delete(key);
}
