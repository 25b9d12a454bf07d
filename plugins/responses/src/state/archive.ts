import { type Caller, isObject, type JsonObject, type Log, type Store } from "@agproxy/core";

/** A stored response, with the request that it answers. */
export interface StoredResponse {
  /** As the API shows it. */
  readonly response: JsonObject;
  /** The items of its own request, each with an id. */
  readonly input: readonly JsonObject[];
  /** The response that it continues, where that is stored too. */
  readonly previous?: string;
}

/** The stored responses. A caller finds only its own. */
export interface Archive {
  load(caller: Caller, id: string): Promise<StoredResponse | undefined>;
  /** False where it is too large or the store failed, which is logged. */
  save(caller: Caller, id: string, record: StoredResponse): Promise<boolean>;
  /** False where there was none. */
  delete(caller: Caller, id: string): Promise<boolean>;
  /** The frames of a background response's stream, once it has ended. */
  loadFrames(caller: Caller, id: string): Promise<readonly string[] | undefined>;
  saveFrames(caller: Caller, id: string, frames: readonly string[]): Promise<boolean>;
  /** Tells all instances that this one is writing a response. To be repeated every `heartbeatIntervalMs`. */
  saveHeartbeat(caller: Caller, id: string): Promise<void>;
  /** Whether any instance is writing it. */
  hasHeartbeat(caller: Caller, id: string): Promise<boolean>;
}

export interface ArchiveLimits {
  /** How long a response is stored. */
  readonly lifetimeMs: number;
  /** The largest response, with its input, as JSON. */
  readonly maxBytes: number;
}

export const heartbeatIntervalMs = 20_000;
/** A slow store may miss two heartbeats before a response counts as abandoned. */
const heartbeatLifetimeMs = 3 * heartbeatIntervalMs;

/** The ids that agproxy makes. Anything else, such as an id with a slash, must not become part of a key. */
const idShape = /^[\w-]{1,100}$/;

export function createArchive(store: Store, limits: ArchiveLimits, log: Log): Archive {
  const { load, save } = jsonStore(store, limits, log);
  return {
    load: async (caller, id) => {
      const record = await load("responses", caller, id);
      return isRecord(record) ? record : undefined;
    },
    save: (caller, id, record) => save("responses", caller, id, record),
    async delete(caller, id) {
      const found = (await load("responses", caller, id)) !== undefined;
      if (found) {
        await store.delete(key("responses", caller, id));
        await store.delete(key("response-frames", caller, id));
      }
      return found;
    },
    async loadFrames(caller, id) {
      const frames = await load("response-frames", caller, id);
      return isFrames(frames) ? frames : undefined;
    },
    saveFrames: (caller, id, frames) => save("response-frames", caller, id, frames),
    saveHeartbeat: (caller, id) =>
      store
        .set(key("response-beats", caller, id), "1", heartbeatLifetimeMs)
        .catch((thrown: unknown) => {
          log.warn({ id, err: thrown }, "responses: the store failed, a heartbeat is missing");
        }),
    hasHeartbeat: async (caller, id) =>
      (await store.get(key("response-beats", caller, id))) !== undefined,
  };
}

type Kind = "responses" | "response-frames";

/** Values of each caller as JSON texts, within the limits. */
function jsonStore(store: Store, { lifetimeMs, maxBytes }: ArchiveLimits, log: Log) {
  return {
    async load(kind: Kind, caller: Caller, id: string): Promise<unknown> {
      if (!idShape.test(id)) return undefined;
      const text = await store.get(key(kind, caller, id));
      return text === undefined ? undefined : JSON.parse(text);
    },
    /** False where it is too large or the store failed. */
    async save(kind: Kind, caller: Caller, id: string, value: unknown): Promise<boolean> {
      const least = charactersIn(value);
      const text = least > maxBytes ? "" : JSON.stringify(value);
      const bytes = Math.max(least, Buffer.byteLength(text));
      if (bytes > maxBytes) {
        log.warn({ id, bytes }, "responses: the response is too large to store");
        return false;
      }
      try {
        await store.set(key(kind, caller, id), text, lifetimeMs);
        return true;
      } catch (thrown) {
        log.error({ id, err: thrown }, "responses: the store failed, the response is not stored");
        return false;
      }
    },
  };
}

/** The length of all strings in a value. Its JSON is longer, and to write fifty megabytes of that for nothing stops everything else. */
function charactersIn(value: unknown): number {
  if (typeof value === "string") return value.length;
  if (typeof value !== "object" || value === null) return 0;
  return Object.values(value).reduce((sum: number, field) => sum + charactersIn(field), 0);
}

/** Contains the caller, so that no id leads to another caller's response. */
function key(kind: string, caller: Caller, id: string): string {
  return `${kind}/${encodeURIComponent(caller.id)}/${id}`;
}

/** Only `save` writes these keys, so the fields' own types need no check. */
function isRecord(value: unknown): value is StoredResponse {
  return isObject(value) && "response" in value && "input" in value;
}

function isFrames(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === "string");
}

/**
 * An item of a request as it is stored and shown: with an id, a status, and its content as parts.
 * Source: https://platform.openai.com/docs/api-reference/responses/input-items
 */
export function inputItem(item: JsonObject, id: string): JsonObject {
  const known = withoutNulls(item);
  switch (known["type"] ?? (known["role"] === undefined ? undefined : "message")) {
    case "message":
      return known["role"] === "assistant"
        ? assistantMessage(known, id)
        : requestMessage(known, id);
    case "reasoning":
      return { summary: [], ...known, id };
    case "compaction":
    case "item_reference":
      return { ...known, id };
    case undefined:
      return known;
    default:
      return { status: "completed", ...known, id };
  }
}

function requestMessage(message: JsonObject, id: string): JsonObject {
  const content = parts(message["content"], "input_text").map((part) =>
    part["type"] === "input_image" ? { detail: "auto", ...part } : part,
  );
  return { status: "completed", ...message, type: "message", id, content };
}

function assistantMessage(message: JsonObject, id: string): JsonObject {
  const content = parts(message["content"], "output_text").map((part) =>
    part["type"] === "output_text" ? { annotations: [], logprobs: [], ...part } : part,
  );
  return { status: "completed", ...message, type: "message", id, content };
}

function parts(content: unknown, type: "input_text" | "output_text"): readonly JsonObject[] {
  if (typeof content === "string") return [{ type, text: content }];
  if (!Array.isArray(content)) return [];
  return content.filter(isObject).map((part) => ({
    ...withoutNulls(part),
    type: part["type"] === "text" ? type : part["type"],
  }));
}

function withoutNulls(value: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== null));
}
