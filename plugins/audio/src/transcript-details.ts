import type { TokenLogprob, Usage } from "@agproxy/core";

/** Token counts. Source: https://platform.openai.com/docs/api-reference/audio/json-object */
export function transcriptUsage({ inputTokens, outputTokens, totalTokens, ...usage }: Usage) {
  const audio = usage.inputAudioTokens;
  const counts = {
    type: "tokens",
    input_tokens: inputTokens,
    output_tokens: outputTokens,
    total_tokens: totalTokens,
  };
  if (audio === undefined) return counts;
  const details = { text_tokens: Math.max(inputTokens - audio, 0), audio_tokens: audio };
  return { ...counts, input_token_details: details };
}

export function wireLogprobs(tokens: readonly TokenLogprob[]) {
  return tokens.map(({ token, logprob }) => ({ token, logprob, bytes: [...Buffer.from(token)] }));
}
