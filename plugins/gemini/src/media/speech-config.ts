import type { JsonObject } from "@agproxy/core";
import type { Family } from "../models/families.ts";
import type { GeminiContent, GeminiPart } from "../wire.ts";

/** Gemini's voices. Source: https://ai.google.dev/gemini-api/docs/speech-generation#voices */
export const voices: readonly string[] = [
  "Achernar",
  "Achird",
  "Algenib",
  "Algieba",
  "Alnilam",
  "Aoede",
  "Autonoe",
  "Callirrhoe",
  "Charon",
  "Despina",
  "Enceladus",
  "Erinome",
  "Fenrir",
  "Gacrux",
  "Iapetus",
  "Kore",
  "Laomedeia",
  "Leda",
  "Orus",
  "Puck",
  "Pulcherrima",
  "Rasalgethi",
  "Sadachbia",
  "Sadaltager",
  "Schedar",
  "Sulafat",
  "Umbriel",
  "Vindemiatrix",
  "Zephyr",
  "Zubenelgenubi",
];

/**
 * The voice of Gemini that is nearest to one of OpenAI's, by what each maker says of them.
 * Source: https://platform.openai.com/docs/guides/text-to-speech#voice-options
 */
const nearest: Readonly<Record<string, string>> = {
  alloy: "Kore",
  ash: "Charon",
  ballad: "Achird",
  cedar: "Alnilam",
  coral: "Aoede",
  echo: "Puck",
  fable: "Sadachbia",
  marin: "Sulafat",
  nova: "Zephyr",
  onyx: "Algenib",
  sage: "Vindemiatrix",
  shimmer: "Leda",
  verse: "Iapetus",
};

/**
 * `generationConfig.speechConfig`, for the families that speak. An unknown voice is sent as it is: Gemini refuses it
 * itself.
 */
export function speechConfig(voice: string): JsonObject {
  return { voiceConfig: { prebuiltVoiceConfig: { voiceName: voiceName(voice) } } };
}

function voiceName(voice: string): string {
  const word = voice.trim().toLowerCase();
  if (Object.hasOwn(nearest, word)) return nearest[word] ?? voice;
  return voices.find((name) => name.toLowerCase() === word) ?? voice;
}

/**
 * Tells a speaking model how to speak. Newer models speak all of their text and take the style beside it; older ones
 * read it from the text, under Google's own headings. For any other model the instructions are left out: it would
 * read them aloud.
 * Source: https://ai.google.dev/gemini-api/docs/speech-generation
 */
export function styledContents(
  instructions: readonly GeminiPart[],
  contents: readonly GeminiContent[],
  { style }: Family,
): readonly GeminiContent[] {
  const words = instructions.flatMap(({ text }) => text ?? []).join("\n");
  const index = contents.findIndex(({ role, parts }) => role === "user" && parts.some(isText));
  if (words === "" || style === undefined) return contents;
  return contents.map((content, at) =>
    at === index ? { ...content, parts: styled(content.parts, words, style) } : content,
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
