import { wrong, type Fields } from "@agproxy/core";

/** How the client wants the images given. */
export interface DrawingWish {
  /** How many. */
  readonly count: number;
  /** As a `data:` URL instead of bare base64. */
  readonly asUrl: boolean;
  /** For the events of a stream, which repeat it. */
  readonly quality: "low" | "medium" | "high" | "auto";
}

/** `n` is between 1 and 10. Source: https://platform.openai.com/docs/api-reference/images/create */
export function drawingWish(fields: Fields, model: string): DrawingWish {
  const count = fields.integer("n", 1, 10) ?? 1;
  const quality = fields.string("quality");
  const known = (["low", "medium", "high"] as const).find((name) => name === quality) ?? "auto";
  return { count, asUrl: asUrl(fields, model), quality: known };
}

/** Without a wish, clients of the older models look for a URL and clients of the newer ones for base64. */
function asUrl(fields: Fields, model: string): boolean {
  const format = fields.string("response_format");
  if (format === undefined || format === "") return /^dall-e-[23]$/i.test(model);
  if (format === "url" || format === "b64_json") return format === "url";
  throw wrong("response_format", '"url" or "b64_json"');
}
