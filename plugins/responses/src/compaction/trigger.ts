import type { Fields } from "@agproxy/core";

/**
 * Whether the input asks for a summary of the conversation instead of an answer: its last item says so.
 * Throws where such an item stands anywhere else: the client would take an answer for a summary.
 * Source: https://platform.openai.com/docs/api-reference/responses/create, `input`
 */
export function triggersCompaction(items: readonly Fields[]): boolean {
  const first = items.findIndex((item) => item.get("type") === "compaction_trigger");
  if (first === -1) return false;
  if (first === items.length - 1) return true;
  throw items[first]!.wrong(
    "type",
    "something else: a compaction_trigger is the last item, and once",
  );
}
