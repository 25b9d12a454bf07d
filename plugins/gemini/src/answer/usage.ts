import { defined, type Usage } from "@agproxy/core";
import { count, fields, list, type AnyFields } from "../shape.ts";

/**
 * Usage whose totals add up: Gemini counts thoughts apart from the answer, and what tools read apart from the prompt.
 * Any count may be missing; undefined where all are.
 * Source: https://ai.google.dev/api/generate-content#UsageMetadata
 */
export function usageOf(metadata: AnyFields): Usage | undefined {
  const prompt = count(metadata.promptTokenCount);
  const written = count(metadata.candidatesTokenCount);
  const total = count(metadata.totalTokenCount);
  const reasoning = count(metadata.thoughtsTokenCount);
  if (prompt === undefined && written === undefined && total === undefined) return undefined;
  const toolUse = count(metadata.toolUsePromptTokenCount) ?? 0;
  const output =
    written === undefined && reasoning === undefined
      ? Math.max((total ?? 0) - (prompt ?? total ?? 0) - toolUse, 0)
      : (written ?? 0) + (reasoning ?? 0);
  const input = (prompt ?? Math.max((total ?? 0) - output - toolUse, 0)) + toolUse;
  return defined({
    inputTokens: input,
    outputTokens: output,
    totalTokens: input + output,
    cachedTokens: count(metadata.cachedContentTokenCount),
    reasoningTokens: reasoning,
    inputAudioTokens: audio(metadata.promptTokensDetails, metadata.toolUsePromptTokensDetails),
    outputAudioTokens: audio(metadata.candidatesTokensDetails),
  });
}

const audioModality = 4;

function audio(...details: readonly unknown[]): number | undefined {
  let sum: number | undefined;
  for (const detail of details) {
    for (const one of list(detail)) {
      const { modality, tokenCount } = fields(one) ?? {};
      if (modality !== "AUDIO" && modality !== audioModality) continue;
      sum = (sum ?? 0) + (count(tokenCount) ?? 0);
    }
  }
  return sum;
}
