import {
  AgproxyError,
  type Caller,
  defined,
  Fields,
  type JsonObject,
  type Seal,
  type Seals,
} from "@agproxy/core";
import { nothingRecalled, readRequest, type Reading, type Recalled } from "./input/request.ts";
import { readStorage } from "./input/settings.ts";
import type { Keeper } from "./output/response-frames.ts";
import { type Archive, type StoredResponse, inputItem } from "./state/archive.ts";
import { history, items, references, referredIds } from "./state/recalled-items.ts";

/** The conversations that a connection holds for itself, stored or not. */
export interface ConnectionMemory {
  recall(id: string): RememberedConversation | undefined;
  remember(id: string, conversation: RememberedConversation): void;
}

export interface RememberedConversation {
  /** All items up to and including a response. */
  readonly items: readonly JsonObject[];
  /** Whether the archive has them too. */
  readonly kept: boolean;
}

/** One request, with the items that it refers to. */
export interface ResponseRequest extends Reading {
  /** Whether its response is to be stored. */
  readonly kept: boolean;
  readonly background: boolean;
  /** The stored response that it continues. */
  readonly previous?: string;
  /** The conversation before it. */
  readonly history: readonly JsonObject[];
  /** The part of `history` that the archive does not have: it is stored with this request's own items. */
  readonly unkeptHistory: readonly JsonObject[];
}

/** What is needed to read a request. */
export interface RequestSources {
  readonly archive: Archive;
  readonly seals: Seals;
  readonly memory?: ConnectionMemory;
}

/** Reads a request; without a promise where it refers to nothing stored. */
export function readResponseRequest(
  body: unknown,
  caller: Caller,
  { archive, seals, memory }: RequestSources,
): ResponseRequest | Promise<ResponseRequest> {
  const fields = Fields.of(body, "");
  const id = fields.string("previous_response_id");
  const ids = referredIds(fields.values);
  let seal: Seal | undefined;
  const sealOf = () => (seal ??= seals(caller.id));
  const read = (recalled: Recalled, unkept?: readonly JsonObject[]): ResponseRequest => ({
    ...readRequest(body, sealOf, recalled),
    history: recalled.history,
    unkeptHistory: unkept ?? [],
    ...keeping(fields),
    ...defined({ previous: unkept === undefined ? id : undefined }),
  });
  if (id === undefined && ids.size === 0) return read(nothingRecalled);
  const remembered = id === undefined ? undefined : memory?.recall(id);
  return (async () => {
    const found = await references(archive, caller, ids);
    if (id === undefined) return read({ history: [], references: found });
    const before = remembered?.items ?? (await history(archive, caller, id));
    const unkept = remembered?.kept === false ? before : undefined;
    return read({ history: before, references: found }, unkept);
  })();
}

function keeping(body: Fields): Pick<ResponseRequest, "kept" | "background"> {
  const { kept, background } = readStorage(body);
  if (background && !kept) {
    throw new AgproxyError("invalid_request", "A background response must be stored.", {
      param: "store",
      advice: "Leave out `store` or `background`.",
    });
  }
  return { kept, background };
}

/** What is stored of a request and its response; the ids of input items contain `seed`. */
export function storedResponse(
  { items: own, unkeptHistory, previous }: ResponseRequest,
  response: JsonObject,
  seed: string,
): StoredResponse {
  const input = own.map((item, index) => inputItem(item, itemId(item, seed, index)));
  const before = unkeptHistory.map((item, index) => {
    const { id, type } = item;
    // Clients send nulls with the reasoning items that they give back.
    if (typeof id === "string") return type === "reasoning" ? inputItem(item, id) : item;
    return inputItem(item, itemId(item, seed, input.length + index));
  });
  return { response, input: [...before, ...input], ...defined({ previous }) };
}

function itemId({ type = "message" }: JsonObject, seed: string, index: number): string {
  const kind = type === "message" ? "msg" : type === "reasoning" ? "rs" : "item";
  return `${kind}_${seed}_i${index}`;
}

/**
 * Keeps the response in the archive where the client wants it, and in the connection's memory where it has one.
 * Undefined where it is to be kept nowhere.
 */
export function responseKeeper(
  request: ResponseRequest,
  caller: Caller,
  seed: string,
  archive: Archive,
  memory: ConnectionMemory | undefined,
): Keeper | undefined {
  if (!request.kept && memory === undefined) return undefined;
  return async (response) => {
    // Only a background response outlives its client: any other that was cancelled is of no use to anyone.
    const wanted = request.kept && (response.status !== "cancelled" || request.background);
    const record = () => storedResponse(request, response, seed);
    const kept = wanted && (await archive.save(caller, response.id, record()));
    if (response.status === "completed" || response.status === "incomplete") {
      const before = request.compacts ? [] : [...request.history, ...request.items];
      memory?.remember(response.id, { items: [...before, ...items(response.output)], kept });
    }
    return wanted && !kept ? { ...response, store: false } : response;
  };
}
