import type { Answer, Choice } from "@agproxy/core";
import { formatOf, type DrawnImage } from "./image.ts";
import { undrawn } from "./undrawn.ts";
import { wireUsage } from "./usage.ts";
import type { DrawingWish } from "./wish.ts";

/**
 * The images of a whole answer. Throws where there is none.
 * Source: https://platform.openai.com/docs/api-reference/images/object
 */
export function imagesResponse(answer: Answer, wish: DrawingWish, created: number) {
  const images = answer.choices.flatMap(drawnIn);
  const [first] = images;
  if (first === undefined) throw undrawn(answer.choices.map(outcome));
  const data = images.map((image) => (wish.asUrl ? { url: url(image) } : { b64_json: image.data }));
  const body = { created, data, output_format: formatOf(first) };
  return answer.usage === undefined ? body : { ...body, usage: wireUsage(answer.usage) };
}

function drawnIn({ content }: Choice): readonly DrawnImage[] {
  return content.flatMap((part) => {
    if (part.type !== "media" || part.media !== "image" || part.source.kind !== "data") return [];
    return [{ mimeType: part.mimeType ?? "image/png", data: part.source.data }];
  });
}

function outcome({ content, finish }: Choice) {
  const said = content.map((part) =>
    part.type === "text" || part.type === "refusal" ? part.text : "",
  );
  return { said: said.join(""), finish };
}

function url({ mimeType, data }: DrawnImage): string {
  return `data:${mimeType};base64,${data}`;
}
