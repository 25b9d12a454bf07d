import { countIn, defined, type JsonObject, objectIn, type Usage } from "@agproxy/core";

/**
 * Usage whose totals add up; undefined where nothing is counted.
 * Source: https://platform.openai.com/docs/api-reference/chat/object#chat-object-usage
 */
export function usageOf(usage: JsonObject): Usage | undefined {
  const prompt = countIn(usage["prompt_tokens"]);
  const completion = countIn(usage["completion_tokens"]);
  const total = countIn(usage["total_tokens"]);
  if (prompt === undefined && completion === undefined && total === undefined) return undefined;
  const read = objectIn(usage["prompt_tokens_details"]) ?? {};
  const written = objectIn(usage["completion_tokens_details"]) ?? {};
  const reasoning = countIn(written["reasoning_tokens"]);
  const inputTokens = prompt ?? Math.max((total ?? 0) - (completion ?? 0), 0);
  const shown = completion ?? Math.max((total ?? 0) - inputTokens, 0);
  // xAI counts reasoning beside the completion, the others within it.
  const isBeside = reasoning !== undefined && total === inputTokens + shown + reasoning;
  const outputTokens = isBeside ? shown + reasoning : shown;
  return {
    inputTokens,
    outputTokens,
    totalTokens: inputTokens + outputTokens,
    ...defined({
      cachedTokens:
        countIn(read["cached_tokens"]) ??
        // DeepSeek's and Moonshot's.
        countIn(usage["prompt_cache_hit_tokens"]) ??
        countIn(usage["cached_tokens"]),
      reasoningTokens: reasoning,
      inputAudioTokens: countIn(read["audio_tokens"]),
      outputAudioTokens: countIn(written["audio_tokens"]),
    }),
  };
}
