import { familyOf } from "@agproxy/plugin-gemini";
import { signedFunction } from "../answers/signature.ts";
import { isUsersWords } from "../answers/prompt.ts";
import type { Content, GenerateRequest, Part } from "../wire.ts";

/** What a client may send in place of a signature it never had. */
const standIns = new Set([
  "skip_thought_signature_validator",
  "context_engineering_is_the_way_to_go",
]);

const corrupted = "Corrupted thought signature.";

/**
 * Whether the calls of the current turn carry their signatures: the first call of every step after the user's last
 * words must. And whether every signature is on its own part: the sandbox's signatures name it.
 *
 * @param foreign whether signatures that the sandbox did not make may pass. Only a test with signatures of its own
 * wants that: the real API calls them corrupted.
 *
 * Source: https://ai.google.dev/gemini-api/docs/thought-signatures
 */
export function signatureFaults(
  model: string,
  { contents = [] }: GenerateRequest,
  foreign: "pass" | "refused",
): string[] {
  if (familyOf(model).signs !== true) return [];
  const turn = contents.findLastIndex(isUsersWords);
  const missing = contents.flatMap((content, i) => (i > turn ? unsigned(content, i + 1) : []));
  if (missing.length > 0) return missing;
  const wrong = contents.some(({ parts = [] }) => {
    const first = parts.find((part) => part.functionCall !== undefined);
    return parts.some((part) => !fits(part, part === first, foreign));
  });
  return wrong ? [corrupted] : [];
}

function fits(
  { thoughtSignature, functionCall }: Part,
  isFirstCall: boolean,
  foreign: "pass" | "refused",
): boolean {
  if (!thoughtSignature) return true;
  // The API refuses the stand-in itself on any call but the first of a step.
  if (standIns.has(thoughtSignature)) return functionCall === undefined || isFirstCall;
  const own = signedFunction(thoughtSignature);
  return own === undefined ? foreign === "pass" : own === (functionCall?.name ?? "");
}

function unsigned({ parts = [] }: Content, position: number): string[] {
  const first = parts.find((part) => part.functionCall !== undefined);
  if (first === undefined || first.thoughtSignature) return [];
  return [
    `Function call is missing a thought_signature in functionCall parts. This is required for tools to work correctly, and missing thought_signature may lead to degraded model performance. Additional data, function call \`default_api:${first.functionCall?.name ?? ""}\` , position ${position}. Please refer to https://ai.google.dev/gemini-api/docs/thought-signatures for more details.`,
  ];
}
