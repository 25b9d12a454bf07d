import { AgproxyError, type Caller, type JsonObject } from "@agproxy/core";
import type { Archive, StoredResponse } from "./archive.ts";
import { isReference } from "../input/request.ts";

/** No conversation is longer, in turns. */
const longest = 10_000;

/**
 * The items of a conversation up to and with a response, oldest first: of every turn its input and its output.
 * A compacted conversation begins with its summary. Throws where one of them is missing or not finished:
 * without it the answer would be to another question.
 */
export async function history(
  archive: Archive,
  caller: Caller,
  id: string,
): Promise<readonly JsonObject[]> {
  const turns: (readonly JsonObject[])[] = [];
  let next: string | undefined = id;
  while (next !== undefined) {
    const record = await archive.load(caller, next);
    if (record === undefined || turns.length > longest) throw missingPrevious(next);
    refuseUnfinished(record, next);
    const output = items(record.response["output"]);
    turns.push([...record.input, ...output]);
    if (output.some(({ type }) => type === "compaction")) {
      turns[turns.length - 1] = output;
      break;
    }
    next = record.previous;
  }
  return turns.toReversed().flat();
}

function refuseUnfinished({ response }: StoredResponse, id: string): void {
  const { status } = response;
  if (status !== "queued" && status !== "in_progress") return;
  throw new AgproxyError("invalid_request", `Response '${id}' is still ${status}.`, {
    param: "previous_response_id",
    advice: "Wait until it is completed.",
  });
}

/** The objects in a list. */
export function items(list: unknown): readonly JsonObject[] {
  return Array.isArray(list)
    ? list.filter((item): item is JsonObject => typeof item === "object" && item !== null)
    : [];
}

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

/** The response that a request wants to go on with is not there, or not this caller's. */
function missingPrevious(id: string): AgproxyError {
  return new AgproxyError(
    "invalid_request",
    `Previous response with id '${short(id)}' not found.`,
    {
      param: "previous_response_id",
      advice:
        "It was made with `store: false`, is too old, or belongs to another key. Send the whole conversation in `input`.",
      details: { previous_response_id: short(id) },
    },
  );
}

/** The response that a path names is not there, or not this caller's. */
export function missingResponse(id: string): AgproxyError {
  return new AgproxyError("invalid_request", `Response with id '${short(id)}' not found.`, {
    status: 404,
    advice: "It was made with `store: false`, is deleted, too old, or belongs to another key.",
  });
}

/** An item that the conversation needs is not there. */
function missingItem(id: string, param: string): AgproxyError {
  return new AgproxyError("invalid_request", `Item with id '${short(id)}' not found.`, {
    param,
    advice: "Items of responses with `store: false` are not kept. Send the item itself.",
  });
}

/** Ids in errors come from the client. */
function short(id: string): string {
  return id.slice(0, 100);
}
