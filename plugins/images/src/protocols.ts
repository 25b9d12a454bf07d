import { type Form, type Protocol, errorBody } from "@agproxy/core";
import { editRequest, generationRequest, type DecodedDrawing } from "./drawing-request.ts";
import { imageStream } from "./image-stream.ts";
import { imagesResponse } from "./images-response.ts";

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
