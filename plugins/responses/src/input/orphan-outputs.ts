import { AgproxyError, type JsonObject } from "@agproxy/core";
import { legalName } from "../tool-names.ts";

/** The outputs that name a call of the model, with the words for each. */
const outputs: ReadonlyMap<unknown, string> = new Map([
  ["function_call_output", "function call output"],
  ["custom_tool_call_output", "custom tool call output"],
]);

/** Items in whose place there were others, which may have held the calls. */
const summaries: ReadonlySet<unknown> = new Set(["compaction", "compaction_summary"]);

/**
 * Throws for an output whose call is neither in the conversation before it nor in the request, as OpenAI's API does: the
 * model would read a result of nothing. Any item that has the id counts as its call, wherever it stands. Nothing is
 * refused after a compaction, which may have taken the call away.
 */
export function refuseOrphanOutputs(
  history: readonly JsonObject[],
  own: readonly JsonObject[],
): void {
  if (!own.some(({ type }) => outputs.has(type))) return;
  const calls = callIds([...history, ...own]);
  if (calls === undefined) return;
  for (const [index, { type, call_id: id }] of own.entries()) {
    const words = outputs.get(type);
    if (words === undefined || typeof id !== "string" || calls.has(legalName(id))) continue;
    throw new AgproxyError(
      "invalid_request",
      `No tool call found for ${words} with call_id ${id.slice(0, 100)}.`,
      {
        param: `input[${index}].call_id`,
        advice: "Send the call in `input`, before its output, or name the response that holds it.",
      },
    );
  }
}

/** The ids that outputs may name; undefined where some may be missing. */
function callIds(items: readonly JsonObject[]): ReadonlySet<string> | undefined {
  const ids = new Set<string>();
  for (const { type, call_id, id } of items) {
    if (summaries.has(type)) return undefined;
    if (typeof type === "string" && type.endsWith("_output")) continue;
    for (const one of [call_id, id]) if (typeof one === "string") ids.add(legalName(one));
  }
  return ids;
}
