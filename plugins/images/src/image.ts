import type { Usage } from "@agproxy/core";

/** One drawn image. */
export interface DrawnImage {
  readonly mimeType: string;
  /** base64 */
  readonly data: string;
}

/** The API's word for a format: `png`, `jpeg`, `webp`. */
export function formatOf({ mimeType }: DrawnImage): string {
  const [, format = "png"] = /^image\/([a-z0-9.+-]+)/i.exec(mimeType) ?? [];
  return format.toLowerCase() === "jpg" ? "jpeg" : format.toLowerCase();
}

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
