import { type MediaPart, type TextPart, Fields, jsonText } from "@agproxy/core";
import { type ContentPart, contentPart, contentParts } from "./content-parts.ts";
import { Ignored } from "./ignored.ts";

/** What a tool gave: text, or parts. An object of a shape of its own is JSON text, as a model reads it. */
export function resultContent(item: Fields, ignored: Ignored): readonly (TextPart | MediaPart)[] {
  const output = item.get("output");
  if (Array.isArray(output) || typeof output !== "object") {
    return contentParts(item, "output", nothingLost(output) ?? ignored).map(asText);
  }
  const part = Fields.of(output, item.path("output"));
  return part.get("type") === "computer_screenshot"
    ? [asText(contentPart(part, ignored))]
    : [{ type: "text", text: jsonText(output, part.at) }];
}

/** Shell outputs are objects without a type: JSON text is all they ever were. */
function nothingLost(output: unknown): Ignored | undefined {
  return Array.isArray(output) && output.some(isUntyped) ? new Ignored() : undefined;
}

function isUntyped(part: unknown): boolean {
  return typeof part === "object" && part !== null && !("type" in part);
}

function asText(part: ContentPart): TextPart | MediaPart {
  return part.type === "refusal" ? { ...part, type: "text" } : part;
}
