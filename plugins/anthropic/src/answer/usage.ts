import type { Usage } from "@agproxy/core";

/**
 * Tokens in this API's words: what came from a cache is not in `input_tokens`.
 * Source: https://docs.claude.com/en/api/messages#response-usage
 */
export function wireUsage(usage: Usage | undefined, searches: number) {
  const { inputTokens = 0, outputTokens = 0, cachedTokens = 0, reasoningTokens } = usage ?? {};
  const thinking = reasoningTokens === undefined ? null : { thinking_tokens: reasoningTokens };
  return {
    input_tokens: Math.max(inputTokens - cachedTokens, 0),
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: cachedTokens,
    output_tokens: outputTokens,
    output_tokens_details: thinking,
    server_tool_use:
      searches === 0 ? null : { web_search_requests: searches, web_fetch_requests: 0 },
  };
}
