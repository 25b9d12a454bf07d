import type { Usage } from "@agproxy/core";

/**
 * Token counts. The vocabulary does not tell tokens of images from those of text, so all that was read
 * counts as text.
 * Source: https://platform.openai.com/docs/api-reference/images/object
 */
export function wireUsage({ inputTokens, outputTokens, totalTokens }: Usage) {
  return {
    input_tokens: inputTokens,
    output_tokens: outputTokens,
    total_tokens: totalTokens,
    input_tokens_details: { text_tokens: inputTokens, image_tokens: 0 },
  };
}

export const noUsage: Usage = { inputTokens: 0, outputTokens: 0, totalTokens: 0 };
