import { query } from "./grounding.ts";
import { searchesFor } from "./hosted-tools.ts";
import { signatureFor } from "./signature.ts";
import type { GenerateRequest, Part } from "../wire.ts";

/**
 * The parts that report a search on the API's side, for a request that asks for them.
 * Source: https://ai.google.dev/gemini-api/docs/tool-combination
 */
export function serverToolParts(request: GenerateRequest, prompt: string): readonly Part[] {
  const isTold = request.toolConfig?.includeServerSideToolInvocations === true;
  if (!isTold || !searchesFor(request, prompt)) return [];
  const shared = { toolType: "GOOGLE_SEARCH_WEB", id: "sandbox-search" };
  const thoughtSignature = signatureFor("");
  return [
    { toolCall: { ...shared, args: { queries: [query(prompt)] } }, thoughtSignature },
    { toolResponse: { ...shared, response: { search_suggestions: "" } }, thoughtSignature },
  ];
}
