import type { Prompt } from "./prompt.ts";
import type { GenerateRequest } from "./wire.ts";

/** A made-up transcription, where the prompt or the instructions ask for one and there is audio; it says so itself. */
export function transcript(request: GenerateRequest, { text, audio }: Prompt): string | undefined {
  const instructions = request.systemInstruction?.parts?.map((part) => part.text ?? "") ?? [];
  const isAsked = [text, ...instructions].some((words) => /transcri/i.test(words));
  if (!isAsked || audio.length === 0) return undefined;
  const files = audio.map(({ mimeType, bytes }) => `${bytes} bytes of ${mimeType}`);
  return `This is what the agproxy sandbox makes of ${files.join(" and ")}: it has no ears.`;
}
