import { type Form, type Protocol, errorBody, type Answer, type Choice } from "@agproxy/core";
import {
  editRequest,
  generationRequest,
  type DecodedDrawing,
  type DrawingWish,
} from "./drawing-request.ts";
import { imageStream } from "./image-stream.ts";
import { formatOf, type DrawnImage, wireUsage } from "./image.ts";
import { undrawn } from "./undrawn.ts";

/** The wire of `POST /v1/images/generations`; `model` is that of requests without one. */
export function generationProtocol(model: string): Protocol<DecodedDrawing> {
  return protocol("image_generation", (body) => generationRequest(body, model));
}

/** The wire of `POST /v1/images/edits`; `model` is that of requests without one. */
export function editProtocol(model: string): Protocol<DecodedDrawing> {
  return {
    ...protocol("image_edit", (body) => editRequest(body as Form, model)),
    takes: "form",
  };
}

function protocol(
  kind: "image_generation" | "image_edit",
  decode: (body: unknown) => DecodedDrawing,
): Protocol<DecodedDrawing> {
  return {
    name: kind === "image_edit" ? "openai-image-edits" : "openai-images",
    decode,
    encoder({ incoming }, { created }, { wish }) {
      return {
        ...imageStream(kind, wish, created),
        whole(answer) {
          const response = imagesResponse(answer, wish, created);
          if (response.data.length < wish.count) incoming.noteIgnored("n");
          return response;
        },
      };
    },
    error: errorBody,
  };
}

/**
 * The images of a whole answer. Throws where there is none.
 * Source: https://platform.openai.com/docs/api-reference/images/object
 */
function imagesResponse(answer: Answer, wish: DrawingWish, created: number) {
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
