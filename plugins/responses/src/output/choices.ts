import type { FinishReason } from "@agproxy/core";
import type { OutputItem } from "./output-item.ts";

const finishReasons: Readonly<Partial<Record<FinishReason, string>>> = {
  length: "length",
  "content-filter": "content_filter",
};

/** The answer's text once more, in the shape of a chat completion, for readers that know no other. */
export function choices(output: readonly OutputItem[], reason: FinishReason) {
  const texts = output.flatMap((item) =>
    item.type === "message"
      ? item.content.flatMap((part) => (part.type === "output_text" ? [part.text] : []))
      : [],
  );
  const called = output.some(({ type }) => type === "function_call" || type === "custom_tool_call");
  const content = texts.length === 0 ? null : texts.join("");
  const finish_reason = finishReasons[reason] ?? (called ? "tool_calls" : "stop");
  return [{ index: 0, message: { role: "assistant", content }, finish_reason }];
}
