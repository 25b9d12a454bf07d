import { AgproxyError, type Caller, type JsonObject, Fields } from "@agproxy/core";
import { nothingRecalled, type Reading, readRequest, type Recalled } from "./input/request.ts";
import type { Seal } from "./seal.ts";
import { type Archive, type StoredResponse, inputItem } from "./state/archive.ts";
import { history, items, referredIds, references } from "./state/recalled-items.ts";
import type { Keeper } from "./output/response-frames.ts";

/** Conversations that a connection holds for itself, kept or not. */
export interface ConnectionMemory {
  recall(id: string): Remembered | undefined;
  remember(id: string, conversation: Remembered): void;
}

export interface Remembered {
  /** The items of a conversation up to and with a response. */
  readonly items: readonly JsonObject[];
  /** Whether the archive has them too. */
  readonly kept: boolean;
}

/** One request, read, with what it refers to. */
export interface Turn extends Reading {
  /** Whether its response is to be kept. */
  readonly kept: boolean;
  readonly background: boolean;
  /** The kept response that it goes on with. */
  readonly previous?: string;
  /** The conversation before it. */
  readonly context: readonly JsonObject[];
  /** The part of it that only the connection holds. */
  readonly before: readonly JsonObject[];
}

/** What reading a request needs. */
export interface TurnSources {
  readonly archive: Archive;
  readonly seal: Seal;
  readonly memory?: ConnectionMemory;
}

/** Reads a request; at once where it refers to nothing that is kept. */
export function readTurn(
  body: unknown,
  caller: Caller,
  { archive, seal, memory }: TurnSources,
): Turn | Promise<Turn> {
  const fields = Fields.of(body, "");
  const id = fields.string("previous_response_id");
  const ids = referredIds(fields.values);
  const turn = (recalled: Recalled, own?: readonly JsonObject[]): Turn => {
    const reading = readRequest(body, seal, recalled);
    const read = { ...reading, context: recalled.history, before: own ?? [], ...keeping(fields) };
    return id === undefined || own !== undefined ? read : { ...read, previous: id };
  };
  if (id === undefined && ids.size === 0) return turn(nothingRecalled);
  const held = id === undefined ? undefined : memory?.recall(id);
  return (async () => {
    const found = await references(archive, caller, ids);
    if (id === undefined) return turn({ history: [], references: found });
    const before = held?.items ?? (await history(archive, caller, id));
    return turn({ history: before, references: found }, held?.kept === false ? before : undefined);
  })();
}

/** Kept unless the client says otherwise, as OpenAI does. */
function keeping(body: Fields): Pick<Turn, "kept" | "background"> {
  const kept = body.boolean("store") ?? true;
  const background = body.boolean("background") ?? false;
  if (background && !kept) {
    throw new AgproxyError("invalid_request", "A background response must be kept.", {
      param: "store",
      advice: "Leave `store` out, or ask without `background`.",
    });
  }
  return { kept, background };
}

/** What is kept of a turn; item ids are made of `seed`. */
export function storedTurn(turn: Turn, response: JsonObject, seed: string): StoredResponse {
  const own = turn.items.map((item, index) => inputItem(item, itemId(item, seed, index)));
  const before = turn.before.map((item, index) =>
    typeof item["id"] === "string" ? item : inputItem(item, itemId(item, seed, own.length + index)),
  );
  const record = { response, input: [...before, ...own] };
  return turn.previous === undefined ? record : { ...record, previous: turn.previous };
}

function itemId({ type = "message" }: JsonObject, seed: string, index: number): string {
  const kind = type === "message" ? "msg" : type === "reasoning" ? "rs" : "item";
  return `${kind}_${seed}_i${index}`;
}

/**
 * Keeps what a turn came to: in the archive where the client wants it, and in the connection's own memory
 * where it has one. Nothing where neither is to be.
 */
export function keeperOf(
  turn: Turn,
  caller: Caller,
  seed: string,
  { archive, memory }: TurnSources,
): Keeper | undefined {
  if (!turn.kept && memory === undefined) return undefined;
  return async (response) => {
    const ended = response.status === "completed" || response.status === "incomplete";
    // A client that left takes its unfinished response with it, unless it runs without one.
    const wanted = turn.kept && (response.status !== "cancelled" || turn.background);
    const kept =
      wanted && (await archive.save(caller, response.id, storedTurn(turn, response, seed)));
    if (ended) {
      const context = turn.compacts ? [] : [...turn.context, ...turn.items];
      memory?.remember(response.id, { items: [...context, ...items(response.output)], kept });
    }
    return wanted && !kept ? { ...response, store: false } : response;
  };
}
