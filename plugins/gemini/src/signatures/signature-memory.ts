import type { ChatRequest, Log, Store, ToolCallPart } from "@agproxy/core";
import { calledTools } from "../request/tool-names.ts";
import type { ToolCallEvent } from "../answer/choice.ts";
import { fields, parsedJson, word } from "../shape.ts";

/** Long enough to come back to a conversation after lunch. */
const lifetimeMs = 6 * 3_600_000;
/** The most that is stored for one call. */
const maxCallBytes = 256 * 1024;
/** Only the last calls of a request are looked up. */
const maxRecalledCalls = 64;

/** What was kept of tool calls, by call id. */
interface RecalledCalls {
  readonly signatures: ReadonlyMap<string, string>;
  /** What the vendor's own tools did before the call. */
  readonly invocations: ReadonlyMap<string, string>;
}

/**
 * Thought signatures of tool calls, for the many clients that do not send them back, and what built-in tools did
 * before the calls, which no client can send back. Kept by caller and call id, both random, so that no conversation
 * sees another's; the function's name is checked too.
 */
export interface SignatureMemory {
  /**
   * What was kept of calls that came back without a signature, or of every call. No promise where there is no such
   * call.
   */
  recall(
    request: ChatRequest,
    callerId: string,
    everyCall?: boolean,
  ): Promise<RecalledCalls> | RecalledCalls;
  /** Keeps the signature and the invocations of a tool call. Does not wait for the store. */
  keep(call: ToolCallEvent, callerId: string, invocations?: string): void;
}

const key = (callerId: string, callId: string) => `signatures/${callerId}/${callId}`;

export function signatureMemory(store: Store, log: Log): SignatureMemory {
  const failed = (error: unknown) =>
    log.warn({ err: error }, "gemini: the store failed; the signature of a tool call is lost");

  async function lookUp(calls: readonly ToolCallPart[], callerId: string) {
    const signatures = new Map<string, string>();
    const invocations = new Map<string, string>();
    const read = async ({ id, name }: ToolCallPart) => {
      const kept = fields(parsedJson((await store.get(key(callerId, id))) ?? ""));
      if (kept?.name !== name) return;
      const [signature, before] = [word(kept.signature), word(kept.invocations)];
      if (signature !== undefined) signatures.set(id, signature);
      if (before !== undefined) invocations.set(id, before);
    };
    await Promise.all(calls.map(read));
    return { signatures, invocations };
  }

  return {
    recall(request, callerId, everyCall = false) {
      const calls = callsOf(request, everyCall);
      if (calls.length === 0) return nothing;
      return lookUp(calls.slice(-maxRecalledCalls), callerId).catch((error: unknown) => {
        failed(error);
        return nothing;
      });
    },
    keep({ id, name, signature }, callerId, invocations) {
      const value = keptValue({ name, signature, invocations }) ?? keptValue({ name, signature });
      if (value !== undefined) store.set(key(callerId, id), value, lifetimeMs).catch(failed);
    },
  };
}

const nothing: RecalledCalls = { signatures: new Map(), invocations: new Map() };

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
