import { isGreeting } from "./own-words.ts";
import type { GenerateRequest } from "../wire.ts";

/** Whether a request offers one of the tools that run on the API's side. */
export function offers(
  { tools = [] }: GenerateRequest,
  tool: "googleSearch" | "urlContext" | "codeExecution",
): boolean {
  return tools.some((offered) => offered[tool] !== undefined);
}

/** Whether a prompt is looked up: all are but greetings, where the request offers a search. */
export function searchesFor(request: GenerateRequest, prompt: string): boolean {
  return offers(request, "googleSearch") && !isGreeting(prompt);
}

/** The URLs of a text, as many as the API looks up. Source: https://ai.google.dev/gemini-api/docs/url-context */
export function urlsIn(text: string): readonly string[] {
  const found = text.match(/https?:\/\/[^\s<>"')\]]+/g) ?? [];
  return [...new Set(found.map(withoutPunctuation))].slice(0, 20);
}

/** A loop, because /[.,;:!?]+$/ takes time by the square of dots before a letter. */
function withoutPunctuation(url: string): string {
  let end = url.length;
  while (".,;:!?".includes(url.charAt(end - 1))) end -= 1;
  return url.slice(0, end);
}
