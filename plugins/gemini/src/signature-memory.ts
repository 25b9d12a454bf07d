import type { ChatRequest, Log, Store, ToolCallPart } from "agproxy";
import type { ToolCallEvent } from "./choice.ts";
import { fields, parsedJson, word } from "./shape.ts";

/** Long enough for a person to come back to a conversation after lunch. */
const lifetime = 6 * 3_600_000;
/** What one call may take of the store. */
const signatureLimit = 256 * 1024;
/** How many calls of one request are looked up, counted from the last. */
const recallLimit = 64;

/**
 * Thought signatures of tool calls, for the many clients that do not send them back. Kept by caller and call id,
 * both random, so that no conversation can see another's; the function's name is checked besides.
 */
export interface SignatureMemory {
  /** Signatures of calls that came back without one; at once where there is no such call. */
  recall(
    request: ChatRequest,
    callerId: string,
  ): Promise<ReadonlyMap<string, string>> | ReadonlyMap<string, string>;
  /** Keeps the signature of a tool call. Does not wait for the store. */
  keep(call: ToolCallEvent, callerId: string): void;
}

const key = (callerId: string, callId: string) => `signatures/${callerId}/${callId}`;

export function signatureMemory(store: Store, log: Log): SignatureMemory {
  const failed = (error: unknown) =>
    log.warn({ err: error }, "gemini: the store failed; a thought signature is not kept");

  async function lookUp(calls: readonly ToolCallPart[], callerId: string) {
    const found = await Promise.all(
      calls.map(async (call) => {
        const kept = fields(parsedJson((await store.get(key(callerId, call.id))) ?? ""));
        const signature = kept?.name === call.name ? word(kept.signature) : undefined;
        return signature === undefined ? [] : [[call.id, signature] as const];
      }),
    );
    return new Map(found.flat());
  }

  return {
    recall(request, callerId) {
      const calls = unsignedCalls(request).slice(-recallLimit);
      if (calls.length === 0) return nothing;
      return lookUp(calls, callerId).catch((error: unknown) => {
        failed(error);
        return nothing;
      });
    },
    keep({ id, name, signature }, callerId) {
      if (signature === undefined || signature.length > signatureLimit) return;
      store.set(key(callerId, id), JSON.stringify({ name, signature }), lifetime).catch(failed);
    },
  };
}

const nothing: ReadonlyMap<string, string> = new Map();

function unsignedCalls(request: ChatRequest): readonly ToolCallPart[] {
  return request.messages.flatMap(({ content }) =>
    content
      .filter((part) => part.type === "tool-call")
      .filter(({ signature }) => signature === undefined),
  );
}
