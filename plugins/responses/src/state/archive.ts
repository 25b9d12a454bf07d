import type { Caller, JsonObject, Log, Store } from "@agproxy/core";

/** A response as it is kept: what it answers to, and what it is. */
export interface StoredResponse {
  /** As the API shows it. */
  readonly response: JsonObject;
  /** The items of its own request, each with an id. */
  readonly input: readonly JsonObject[];
  /** The response whose conversation it goes on with, where that is kept too. */
  readonly previous?: string;
}

/** The responses that are kept, each for its caller alone. */
export interface Archive {
  load(caller: Caller, id: string): Promise<StoredResponse | undefined>;
  /** Whether it is kept; `false` where it is too large or the store failed, which is logged. */
  save(caller: Caller, id: string, record: StoredResponse): Promise<boolean>;
  /** Whether there was one. */
  delete(caller: Caller, id: string): Promise<boolean>;
  /** The frames of a background response's stream, once it has ended. */
  loadFrames(caller: Caller, id: string): Promise<readonly string[] | undefined>;
  saveFrames(caller: Caller, id: string, frames: readonly string[]): Promise<boolean>;
  /** Says that a response is being written, by whichever instance. To be repeated every `beatEvery` ms. */
  beat(caller: Caller, id: string): Promise<void>;
  /** Whether somebody has said so lately. */
  beats(caller: Caller, id: string): Promise<boolean>;
  readonly beatEvery: number;
}

export interface ArchiveLimits {
  /** How long a response is kept, in milliseconds. */
  readonly lifetime: number;
  /** The largest response, with its input, in characters. */
  readonly size: number;
}

const beatEvery = 20_000;

/** Ids as agproxy makes them; no other text gets near a key. */
const idShape = /^[\w-]{1,100}$/;

export function createArchive(store: Store, limits: ArchiveLimits, log: Log): Archive {
  async function load(kind: string, caller: Caller, id: string): Promise<unknown> {
    if (!idShape.test(id)) return undefined;
    const text = await store.get(key(kind, caller, id));
    return text === undefined ? undefined : JSON.parse(text);
  }

  async function save(kind: string, caller: Caller, id: string, value: unknown): Promise<boolean> {
    const text = JSON.stringify(value);
    if (text.length > limits.size) {
      log.warn({ id, size: text.length }, "responses: too large, a response is not kept");
      return false;
    }
    try {
      await store.set(key(kind, caller, id), text, limits.lifetime);
      return true;
    } catch (thrown) {
      log.error({ id, err: thrown }, "responses: the store failed, a response is not kept");
      return false;
    }
  }

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
      return Array.isArray(frames) && frames.every((one) => typeof one === "string")
        ? frames
        : undefined;
    },
    saveFrames: (caller, id, frames) => save("response-frames", caller, id, frames),
    beat: (caller, id) =>
      store.set(key("response-beats", caller, id), "1", 3 * beatEvery).catch((thrown: unknown) => {
        log.warn({ id, err: thrown }, "responses: the store failed");
      }),
    beats: async (caller, id) => (await store.get(key("response-beats", caller, id))) !== undefined,
    beatEvery,
  };
}

/** Every key has its caller in it, so that no id leads to another's. */
function key(kind: string, caller: Caller, id: string): string {
  return `${kind}/${encodeURIComponent(caller.id)}/${id}`;
}

/** What was written by `save`; nothing else has such keys. */
function isRecord(value: unknown): value is StoredResponse {
  return typeof value === "object" && value !== null && "response" in value && "input" in value;
}

/**
 * An item of a request as it is kept and shown: with an id, a status, and its content as parts.
 * Source: https://platform.openai.com/docs/api-reference/responses/input-items
 */
export function inputItem(item: JsonObject, id: string): JsonObject {
  const known = withoutNulls(item);
  switch (known["type"] ?? (known["role"] === undefined ? undefined : "message")) {
    case "message":
      return known["role"] === "assistant" ? said(known, id) : asked(known, id);
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

function asked(message: JsonObject, id: string): JsonObject {
  const content = parts(message["content"], "input_text").map((part) =>
    part["type"] === "input_image" ? { detail: "auto", ...part } : part,
  );
  return { status: "completed", ...message, type: "message", id, content };
}

function said(message: JsonObject, id: string): JsonObject {
  const content = parts(message["content"], "output_text").map((part) =>
    part["type"] === "output_text" ? { annotations: [], logprobs: [], ...part } : part,
  );
  return { status: "completed", ...message, type: "message", id, content };
}

function parts(content: unknown, type: "input_text" | "output_text"): readonly JsonObject[] {
  if (typeof content === "string") return [{ type, text: content }];
  if (!Array.isArray(content)) return [];
  return content
    .filter((part): part is JsonObject => typeof part === "object" && part !== null)
    .map((part) => ({
      ...withoutNulls(part),
      type: part["type"] === "text" ? type : part["type"],
    }));
}

function withoutNulls(value: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== null));
}
