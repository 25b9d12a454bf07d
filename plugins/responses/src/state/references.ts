import type { Caller, JsonObject } from "@agproxy/core";
import { isReference } from "../input/request.ts";
import type { Archive, StoredResponse } from "./archive.ts";
import { items } from "./history.ts";
import { missingItem } from "./missing.ts";

/** Ids say which response an item is of: `msg_SEED_0` is in `resp_SEED`. */
const idShape = /^[a-z]+_(?<seed>[\w-]+)_i?\d+$/;

/** The ids that items of `input` only refer to, each with its place in the request. */
export function referredIds(body: JsonObject): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [index, item] of items(body["input"]).entries()) {
    if (isReference(item) && typeof item["id"] === "string") {
      found.set(item["id"], `input[${index}].id`);
    }
  }
  return found;
}

/**
 * The items that a request refers to. A missing one is an error, for the model would answer without it;
 * only thoughts may be missing, as they may be left out of a conversation altogether.
 */
export async function references(
  archive: Archive,
  caller: Caller,
  ids: ReadonlyMap<string, string>,
): Promise<ReadonlyMap<string, JsonObject>> {
  const found = new Map<string, JsonObject>();
  for (const [seed, asked] of Map.groupBy(ids, ([id]) => seedOf(id))) {
    const record = seed === undefined ? undefined : await archive.load(caller, `resp_${seed}`);
    const kept = new Map(record === undefined ? [] : keptItems(record));
    for (const [id, param] of asked) {
      const item = kept.get(id);
      if (item !== undefined) found.set(id, item);
      else if (!id.startsWith("rs_")) throw missingItem(id, param);
    }
  }
  return found;
}

function seedOf(id: string): string | undefined {
  return idShape.exec(id)?.groups?.["seed"];
}

/** The items of a response by their ids. Of several with one id the first counts, which is put in last. */
function keptItems({ response, input }: StoredResponse): [unknown, JsonObject][] {
  const kept = [...items(response["output"]), ...input].toReversed();
  return kept.map((item) => [item["id"], item]);
}
