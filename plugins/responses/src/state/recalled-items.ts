import { AgproxyError, type Caller, isObject, type JsonObject, legalName } from "@agproxy/core";
import { isReference } from "../input/request.ts";
import type { Archive, StoredResponse } from "./archive.ts";

/** Bounds the work for one request, whatever the store returns. */
const maxResponses = 10_000;

/**
 * The items of a conversation up to and including a response, oldest first: the input and output of each response. A
 * compacted conversation begins with its summary. Throws where a response is missing or unfinished: the model would
 * answer without it.
 */
export async function history(
  archive: Archive,
  caller: Caller,
  id: string,
): Promise<readonly JsonObject[]> {
  const newestFirst: (readonly JsonObject[])[] = [];
  let next: string | undefined = id;
  while (next !== undefined) {
    const record = await archive.load(caller, next);
    if (record === undefined || newestFirst.length > maxResponses) throw missingPrevious(next);
    refuseUnfinished(record, next);
    const output = items(record.response["output"]);
    if (output.some(({ type }) => type === "compaction")) {
      newestFirst.push(output);
      break;
    }
    newestFirst.push([...record.input, ...output]);
    next = record.previous;
  }
  return newestFirst.toReversed().flat();
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
  return Array.isArray(list) ? list.filter(isObject) : [];
}

/** Item ids contain the id of their response: `msg_SEED_0` is an item of `resp_SEED`. */
const itemIdShape = /^[a-z]+_(?<seed>[\w-]+)_i?\d+$/;

/** The ids of the items that `input` only refers to, each with its path in the request. */
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
 * The items that a request refers to, by id. Throws where one is missing: the model would answer without it. Only
 * reasoning may be missing, because clients may leave it out anyway.
 */
export async function references(
  archive: Archive,
  caller: Caller,
  ids: ReadonlyMap<string, string>,
): Promise<ReadonlyMap<string, JsonObject>> {
  const found = new Map<string, JsonObject>();
  for (const [seed, asked] of Map.groupBy(ids, ([id]) => seedOf(id))) {
    const record = seed === undefined ? undefined : await archive.load(caller, `resp_${seed}`);
    const stored = record === undefined ? new Map<unknown, JsonObject>() : itemsById(record);
    for (const [id, param] of asked) {
      const item = stored.get(id);
      if (item !== undefined) found.set(id, item);
      else if (!id.startsWith("rs_")) throw missingItem(id, param);
    }
  }
  return found;
}

function seedOf(itemId: string): string | undefined {
  return itemIdShape.exec(itemId)?.groups?.["seed"];
}

/** Where several items have one id, the first counts: it is put in last. */
function itemsById({ response, input }: StoredResponse): ReadonlyMap<unknown, JsonObject> {
  const all = [...items(response["output"]), ...input].toReversed();
  return new Map(all.map((item) => [item["id"], item]));
}

function missingPrevious(id: string): AgproxyError {
  const shown = shortened(id);
  return new AgproxyError("invalid_request", `Previous response with id '${shown}' not found.`, {
    param: "previous_response_id",
    advice:
      "It was created with `store: false`, has expired, or belongs to another key. Send the whole conversation in `input`.",
    details: { previous_response_id: shown },
  });
}

/** The response that a path names does not exist, or is another caller's. */
export function missingResponse(id: string): AgproxyError {
  return new AgproxyError("invalid_request", `Response with id '${shortened(id)}' not found.`, {
    status: 404,
    advice:
      "It was created with `store: false`, was deleted, has expired, or belongs to another key.",
  });
}

function missingItem(id: string, param: string): AgproxyError {
  return new AgproxyError("invalid_request", `Item with id '${shortened(id)}' not found.`, {
    param,
    advice: "Items of responses with `store: false` are not stored. Send the item itself.",
  });
}

/** An id comes from the client and may be of any length. */
function shortened(id: string): string {
  return id.slice(0, 100);
}

/** The outputs that name a call of the model, with the words for each. */
const outputs: ReadonlyMap<unknown, string> = new Map([
  ["function_call_output", "function call output"],
  ["custom_tool_call_output", "custom tool call output"],
]);

/** Items in whose place there were others, which may have held the calls. */
const summaries: ReadonlySet<unknown> = new Set(["compaction", "compaction_summary"]);

/**
 * Throws for an output whose call is neither in the conversation before it nor in the request, as OpenAI's API does: the
 * model would read a result of nothing. Any item that has the id counts as its call, wherever it stands. Nothing is
 * refused after a compaction, which may have taken the call away.
 */
export function refuseOrphanOutputs(
  history: readonly JsonObject[],
  own: readonly JsonObject[],
): void {
  if (!own.some(({ type }) => outputs.has(type))) return;
  const calls = callIds([...history, ...own]);
  if (calls === undefined) return;
  for (const [index, { type, call_id: id }] of own.entries()) {
    const words = outputs.get(type);
    if (words === undefined || typeof id !== "string" || calls.has(legalName(id))) continue;
    throw new AgproxyError(
      "invalid_request",
      `No tool call found for ${words} with call_id ${id.slice(0, 100)}.`,
      {
        param: `input[${index}].call_id`,
        advice: "Send the call in `input`, before its output, or name the response that holds it.",
      },
    );
  }
}

/** The ids that outputs may name; undefined where some may be missing. */
function callIds(items: readonly JsonObject[]): ReadonlySet<string> | undefined {
  const ids = new Set<string>();
  for (const { type, call_id, id } of items) {
    if (summaries.has(type)) return undefined;
    if (typeof type === "string" && type.endsWith("_output")) continue;
    for (const one of [call_id, id]) if (typeof one === "string") ids.add(legalName(one));
  }
  return ids;
}
