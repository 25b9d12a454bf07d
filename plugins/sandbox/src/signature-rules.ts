import { generation } from "./models.ts";
import type { Content, GenerateRequest, Part } from "./wire.ts";

/** What a client may send in place of a signature it never had. */
const sentinels = new Set([
  "skip_thought_signature_validator",
  "context_engineering_is_the_way_to_go",
]);

const prefix = "sandbox-signature:";

/** The signature the sandbox gives to a part: of the function it calls, or `""` for text. */
export function signatureFor(functionName: string): string {
  return Buffer.from(`${prefix}${functionName}`).toString("base64");
}

/**
 * Whether the calls of the current turn carry their signatures: from Gemini 3 on, the first call of every
 * step after the user's last words must.
 *
 * Source: https://ai.google.dev/gemini-api/docs/thought-signatures
 */
export function signatureFaults(model: string, { contents = [] }: GenerateRequest): string[] {
  if (generation(model) < 3) return [];
  const turn = contents.findLastIndex(isUsersWords);
  return contents.flatMap((content, i) => {
    if (i <= turn) return [];
    return stepFaults(content, i + 1);
  });
}

function stepFaults({ parts = [] }: Content, position: number): string[] {
  const calls = parts.filter((part) => part.functionCall !== undefined);
  const [first] = calls;
  if (first === undefined) return [];
  if (!first.thoughtSignature) return [missing(first.functionCall?.name ?? "", position)];
  return calls.some((call) => !isOwnSignature(call)) ? ["Corrupted thought signature."] : [];
}

/** A signature of the sandbox's own making must be on the call it was given for; others are not its to judge. */
function isOwnSignature({ thoughtSignature, functionCall }: Part): boolean {
  if (!thoughtSignature || sentinels.has(thoughtSignature)) return true;
  const text = Buffer.from(thoughtSignature, "base64").toString();
  return !text.startsWith(prefix) || text === `${prefix}${functionCall?.name}`;
}

function isUsersWords({ role, parts = [] }: Content): boolean {
  return role !== "model" && parts.every((part) => part.functionResponse === undefined);
}

function missing(name: string, position: number): string {
  return `Function call is missing a thought_signature in functionCall parts. This is required for tools to work correctly, and missing thought_signature may lead to degraded model performance. Additional data, function call \`default_api:${name}\` , position ${position}. Please refer to https://ai.google.dev/gemini-api/docs/thought-signatures for more details.`;
}
