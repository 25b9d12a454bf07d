import type { Family } from "./families.ts";
import type { GeminiContent, GeminiPart } from "./wire.ts";

/**
 * Tells a model that speaks how to speak. Newer models speak every word of their text, and take the style beside
 * it; older ones read it in the text, under the headings that Google gives for it. Where neither is known, nothing
 * is said: instructions must not be read aloud.
 * Source: https://ai.google.dev/gemini-api/docs/speech-generation
 */
export function styledTurns(
  instructions: readonly GeminiPart[],
  turns: readonly GeminiContent[],
  { style }: Family,
): readonly GeminiContent[] {
  const words = instructions.flatMap(({ text }) => text ?? []).join("\n");
  const index = turns.findIndex(({ role, parts }) => role === "user" && parts.some(isText));
  if (words === "" || style === undefined) return turns;
  return turns.map((turn, at) =>
    at === index ? { ...turn, parts: styled(turn.parts, words, style) } : turn,
  );
}

function isText(part: GeminiPart): boolean {
  return part.text !== undefined;
}

function styled(
  parts: readonly GeminiPart[],
  words: string,
  style: "metadata" | "text",
): readonly GeminiPart[] {
  if (style === "text") {
    return [{ text: `### DIRECTOR'S NOTES\n${words}\n\n### TRANSCRIPT\n` }, ...parts];
  }
  return parts.map((part) => (isText(part) ? { ...part, speechMetadata: { style: words } } : part));
}
