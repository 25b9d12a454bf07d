import type { FinishReason } from "@agproxy/core";

/** The API's own words, and those of servers that pass on their engine's. */
const reasons: ReadonlyMap<string, FinishReason> = new Map([
  ["stop", "stop"],
  ["eos", "stop"],
  ["eos_token", "stop"],
  ["end_turn", "stop"],
  ["stop_sequence", "stop"],
  ["completed", "stop"],
  ["length", "length"],
  ["max_tokens", "length"],
  ["model_length", "length"],
  ["tool_calls", "tool-calls"],
  ["tool_use", "tool-calls"],
  ["function_call", "tool-calls"],
  ["content_filter", "content-filter"],
  ["safety", "content-filter"],
  ["recitation", "content-filter"],
  ["malformed_function_call", "malformed-tool-call"],
]);

/** How a choice ended, and the vendor's own word for it where it says more. */
export interface Finish {
  readonly reason: FinishReason;
  readonly detail?: string;
}

/**
 * What the words for an end mean. Many servers say `stop` after tool calls too.
 *
 * @param native OpenRouter's and agproxy's field for the word of the vendor behind them
 */
export function finishOf(word: string, native: string | undefined, calledTools: boolean): Finish {
  const known = reasons.get(word.toLowerCase()) ?? "other";
  const reason = known === "stop" && calledTools ? "tool-calls" : known;
  const own = known === "other" ? word : undefined;
  const detail = native !== undefined && !isPlain(native, known) ? native : own;
  return detail === undefined ? { reason } : { reason, detail };
}

/** Whether a vendor's word says no more than the API's. */
function isPlain(native: string, reason: FinishReason): boolean {
  return reasons.get(native.toLowerCase()) === reason;
}
