import { type Query, wrong } from "@agproxy/core";
import type { StoredFile } from "./stored-file.ts";

/** What the words of an API's query are, and how long its pages may be. */
interface PageWords {
  /** The first one in the query counts. */
  readonly after: readonly string[];
  /** Absent: the API has none. */
  readonly before?: string;
  readonly maxLimit: number;
  readonly usualLimit: number;
}

/** A page of a list, and whether there is more in its direction. */
export interface Page {
  readonly files: readonly StoredFile[];
  readonly hasMore: boolean;
}

/** One page of `files`, as a query asks. */
export function pageOf(files: readonly StoredFile[], query: Query, words: PageWords): Page {
  const limit = Number(query.get("limit") ?? words.usualLimit);
  if (!Number.isInteger(limit) || limit < 1 || limit > words.maxLimit) {
    throw wrong("limit", `an integer from 1 to ${words.maxLimit}`);
  }
  const afterWord = words.after.find((word) => query.has(word));
  const after = afterWord === undefined ? undefined : placeOf(files, query, afterWord);
  const before = words.before === undefined ? undefined : placeOf(files, query, words.before);
  const rest = files.slice(after === undefined ? 0 : after + 1, before);
  // Before a file, the page is what ends at it.
  const isBefore = after === undefined && before !== undefined;
  const page = isBefore ? rest.slice(-limit) : rest.slice(0, limit);
  return { files: page, hasMore: rest.length > page.length };
}

function placeOf(files: readonly StoredFile[], query: Query, key: string): number | undefined {
  const id = query.get(key);
  if (id === null) return undefined;
  const place = files.findIndex((file) => file.id === id);
  if (place === -1) throw wrong(key, "the id of a file in the list");
  return place;
}
