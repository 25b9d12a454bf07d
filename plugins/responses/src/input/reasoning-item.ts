import type { ReasoningPart, Fields } from "@agproxy/core";
import { readSignatureToken } from "../signature-token.ts";
import type { ItemReading } from "./item-reading.ts";

/**
 * Thoughts of an earlier turn, and the signatures that travel in its `encrypted_content`. One that is not
 * agproxy's own is left out: nobody here can read it, and no vendor but its maker takes it.
 */
export function reasoningItem(item: Fields, { conversation, ignored, seal }: ItemReading): void {
  const token = item.string("encrypted_content");
  const signatures = token === undefined ? undefined : readSignatureToken(token, seal);
  if (token !== undefined && token !== "" && signatures === undefined) {
    ignored.add("input.reasoning.encrypted_content");
  }
  const bySummary = new Map(signatures?.summaries);
  const thoughts = texts(item).map((text, index): ReasoningPart => {
    const signature = bySummary.get(index);
    return signature === undefined
      ? { type: "reasoning", text }
      : { type: "reasoning", text, signature };
  });
  if (signatures !== undefined) conversation.signed(signatures);
  conversation.assistant(thoughts);
  for (const [type, signature] of signatures?.empties ?? []) {
    conversation.assistant([{ type, text: "", signature }]);
  }
}

/** The summary, or the thoughts themselves where a client has those. */
function texts(item: Fields): readonly string[] {
  const summary = item.objects("summary").flatMap((part) => part.string("text") ?? []);
  if (summary.length > 0) return summary;
  return item.objects("content").flatMap((part) => part.string("text") ?? []);
}
