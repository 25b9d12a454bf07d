import { AgproxyError, type Caller, type JsonObject } from "@agproxy/core";
import type { Archive, StoredResponse } from "./archive.ts";
import { missingPrevious } from "./missing.ts";

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
