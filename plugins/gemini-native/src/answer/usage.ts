import { defined, type Usage } from "@agproxy/core";

/** Thoughts are counted apart from the answer here. Source: https://ai.google.dev/api/generate-content#UsageMetadata */
export function usageMetadata(usage: Usage) {
  const { inputTokens, outputTokens, totalTokens, cachedTokens, reasoningTokens = 0 } = usage;
  return defined({
    promptTokenCount: inputTokens,
    candidatesTokenCount: outputTokens - reasoningTokens,
    totalTokenCount: totalTokens,
    cachedContentTokenCount: cachedTokens,
    thoughtsTokenCount: reasoningTokens === 0 ? undefined : reasoningTokens,
  });
}
