import type { Usage } from "@agproxy/core";

/**
 * Token counts. Zeros where the upstream gave none: some clients take an answer without a usage object for
 * an unfinished one and ask again for ever.
 * Source: https://platform.openai.com/docs/api-reference/responses/object, `usage`
 */
export function wireUsage(usage: Usage | undefined) {
  return {
    input_tokens: usage?.inputTokens ?? 0,
    input_tokens_details: { cached_tokens: usage?.cachedTokens ?? 0, cache_write_tokens: 0 },
    output_tokens: usage?.outputTokens ?? 0,
    output_tokens_details: { reasoning_tokens: usage?.reasoningTokens ?? 0 },
    total_tokens: usage?.totalTokens ?? 0,
  };
}

export type WireUsage = ReturnType<typeof wireUsage>;
