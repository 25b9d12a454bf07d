import type { Choice } from "@agproxy/core";
import type { PieceEvent } from "./delta.ts";
import { markdown } from "./markdown.ts";

/**
 * What a piece of an answer adds to a completion, which is one text. Thoughts are asked not to come and have
 * no place in it; calls cannot come, for the API offers no tools.
 */
export function completionText(piece: PieceEvent | Choice["content"][number]): string {
  switch (piece.type) {
    case "text":
    case "refusal":
      return piece.text;
    case "reasoning":
    case "tool-call":
    case "search":
      return "";
    default:
      return markdown(piece);
  }
}
