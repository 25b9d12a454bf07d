import type { OutputMessage } from "./message-item.ts";
import type { OutputItem } from "./output-item.ts";

/** The contents of items that a signature can be about, in order. Empty ones do not come back. */
export function signableContents(items: readonly OutputItem[]): readonly string[] {
  return items.flatMap(contents).filter((content) => content !== "");
}

function contents(item: OutputItem): readonly string[] {
  switch (item.type) {
    case "message":
      return item.content.map(messageContent);
    case "image_generation_call":
      return item.result === null ? [] : [item.result];
    case "code_interpreter_call":
      return [item.code, ...(item.outputs ?? []).map(({ logs }) => logs)];
    default:
      return [];
  }
}

function messageContent(part: OutputMessage["content"][number]): string {
  return part.type === "refusal" ? part.refusal : part.text;
}
