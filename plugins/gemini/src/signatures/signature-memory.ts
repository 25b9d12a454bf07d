import { createHash } from "node:crypto";
import type { ChatRequest, Log, MediaPart, Store, ToolCallPart } from "@agproxy/core";
import { calledTools } from "../request/tool-names.ts";
import type { MediaEvent, ToolCallEvent } from "../answer/answer-parts.ts";
import { fields, parsedJson, word } from "../shape.ts";

/** Long enough to come back to a conversation after lunch. */
const lifetimeMs = 6 * 3_600_000;
/** The most that is stored for one call. */
const maxCallBytes = 256 * 1024;
/** Only the last calls of a request are looked up. */
const maxRecalledCalls = 64;

/** A picture's signature holds more than a call's. */
const maxPictureSignatureBytes = 2 * 1024 * 1024;
/** Only the last pictures of a request are looked up: each must be hashed. */
const maxRecalledPictures = 8;

/** What was kept of earlier answers. */
interface Recalled {
  /** By call id. */
  readonly signatures: ReadonlyMap<string, string>;
  /** What the vendor's own tools did before the call, by call id. */
  readonly invocations: ReadonlyMap<string, string>;
  /** Signatures of what the model drew, by the part of the request that holds it. */
  readonly pictures: ReadonlyMap<MediaPart, string>;
}

/**
 * Thought signatures of tool calls and of pictures, for the many clients that do not send them back, and what built-in
 * tools did before the calls, which no client can send back. The key is the caller and the random id of the call, so that
 * no conversation sees another's; the function's name is checked too. A picture has no id: its key is its content.
 */
export interface SignatureMemory {
  /**
   * What was kept of the calls and pictures that came back without a signature; with `everyCall`, of all calls. Returns no
   * promise where there is nothing to look up.
   */
  recall(request: ChatRequest, callerId: string, everyCall?: boolean): Promise<Recalled> | Recalled;
  /** Keeps the signature and the invocations of a tool call. Does not wait for the store. */
  keep(call: ToolCallEvent, callerId: string, invocations?: string): void;
  /** Keeps the signature of a medium that the model made. Does not wait for the store. */
  keepPicture(picture: MediaEvent, callerId: string): void;
}

const key = (callerId: string, callId: string) => `signatures/${callerId}/${callId}`;
const pictureKey = (callerId: string, data: string) =>
  `picture-signatures/${callerId}/${createHash("sha256").update(data).digest("base64url")}`;

export function signatureMemory(store: Store, log: Log): SignatureMemory {
  const failed = (error: unknown) =>
    log.warn(
      { err: error },
      "gemini: the store failed; the signature of a tool call or picture is lost",
    );

  return {
    recall(request, callerId, everyCall = false) {
      const calls = callsOf(request, everyCall);
      const drawn = drawnParts(request);
      if (calls.length === 0 && drawn.length === 0) return nothing;
      const last = calls.slice(-maxRecalledCalls);
      return lookUp(store, last, drawn, callerId).catch((error: unknown) => {
        failed(error);
        return nothing;
      });
    },
    keep({ id, name, signature }, callerId, invocations) {
      const value = keptValue({ name, signature, invocations }) ?? keptValue({ name, signature });
      if (value !== undefined) store.set(key(callerId, id), value, lifetimeMs).catch(failed);
    },
    keepPicture({ data, signature = "" }, callerId) {
      const size = Buffer.byteLength(signature);
      if (size === 0 || size > maxPictureSignatureBytes) return;
      store.set(pictureKey(callerId, data), signature, lifetimeMs).catch(failed);
    },
  };
}

async function lookUp(
  store: Store,
  calls: readonly ToolCallPart[],
  drawn: readonly DrawnPart[],
  callerId: string,
): Promise<Recalled> {
  const signatures = new Map<string, string>();
  const invocations = new Map<string, string>();
  const pictures = new Map<MediaPart, string>();
  const look = async ({ part, data }: DrawnPart) => {
    const kept = await store.get(pictureKey(callerId, data));
    if (kept !== undefined) pictures.set(part, kept);
  };
  const read = async ({ id, name }: ToolCallPart) => {
    const kept = fields(parsedJson((await store.get(key(callerId, id))) ?? ""));
    if (kept?.name !== name) return;
    const [signature, before] = [word(kept.signature), word(kept.invocations)];
    if (signature !== undefined) signatures.set(id, signature);
    if (before !== undefined) invocations.set(id, before);
  };
  await Promise.all([...calls.map(read), ...drawn.map(look)]);
  return { signatures, invocations, pictures };
}

const nothing: Recalled = { signatures: new Map(), invocations: new Map(), pictures: new Map() };

interface KeptCall {
  readonly name: string;
  readonly signature: string | undefined;
  readonly invocations?: string | undefined;
}

/** Undefined where there is nothing to keep, or too much: Gemini would refuse a part of it. */
function keptValue(call: KeptCall): string | undefined {
  const { signature = "", invocations = "" } = call;
  const size = Buffer.byteLength(signature) + Buffer.byteLength(invocations);
  return size === 0 || size > maxCallBytes ? undefined : JSON.stringify(call);
}

function callsOf({ messages }: ChatRequest, everyCall: boolean): readonly ToolCallPart[] {
  return calledTools(messages).filter(({ signature }) => everyCall || signature === undefined);
}

interface DrawnPart {
  readonly part: MediaPart;
  /** base64 */
  readonly data: string;
}

/** The last media that a model made and that came back without their signatures. */
function drawnParts({ messages }: ChatRequest): readonly DrawnPart[] {
  const drawn: DrawnPart[] = [];
  for (const { role, content } of messages) {
    if (role !== "assistant") continue;
    for (const part of content) {
      if (part.type !== "media" || part.signature !== undefined) continue;
      if (part.source.kind === "data") drawn.push({ part, data: part.source.data });
    }
  }
  return drawn.slice(-maxRecalledPictures);
}
