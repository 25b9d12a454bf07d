import type { Prompt } from "./prompt.ts";
import type { GenerateRequest, Part } from "../wire.ts";

export const introduction = "This is the agproxy sandbox, no model behind it.";

/** What the sandbox says in plain words. */
export function words(request: GenerateRequest, prompt: Prompt, index: number): string {
  const heard = transcript(request, prompt);
  if (heard !== undefined) return heard;
  const { text, files, results } = prompt;
  const attached = Object.entries(files).map(([kind, n]) => `${n} ${kind}${n === 1 ? "" : "s"}`);
  const returned = results.map(
    ({ name, response }) => `${name} returned: ${quote(JSON.stringify(response ?? {}), 1000)}`,
  );
  return [
    introduction,
    ...(index > 0 ? [`Answer ${index + 1}.`] : []),
    ...returned,
    ...(text === "" ? [] : [`You said: ${quote(text, 500)}`]),
    ...(attached.length === 0 ? [] : [`You sent: ${attached.join(", ")}.`]),
  ].join(" ");
}

/** Word by word, as a stream has it. */
export function textPieces(text: string): Part[] {
  return (text.match(/\s*\S+|\s+$/gu) ?? []).map((word) => ({ text: word }));
}

export function quote(text: string, length: number): string {
  const letters = Array.from(text.slice(0, 2 * length));
  return letters.length > length ? `${letters.slice(0, length).join("")}…` : letters.join("");
}

/** A made-up transcription, where the prompt or the instructions ask for one and there is audio; it says so itself. */
function transcript(request: GenerateRequest, { text, audio }: Prompt): string | undefined {
  const instructions = request.systemInstruction?.parts?.map((part) => part.text ?? "") ?? [];
  const isAsked = [text, ...instructions].some((words) => /transcri/i.test(words));
  if (!isAsked || audio.length === 0) return undefined;
  const files = audio.map(({ mimeType, bytes }) => `${bytes} bytes of ${mimeType}`);
  return `This is what the agproxy sandbox makes of ${files.join(" and ")}: it has no ears.`;
}
