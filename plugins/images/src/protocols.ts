import { type Form, type Incoming, type Protocol, errorBody } from "agproxy";
import { editRequest, generationRequest, type DecodedDrawing } from "./drawing-request.ts";
import { imageStream } from "./image-stream.ts";
import { imagesResponse } from "./images-response.ts";
import { plainWish, type DrawingWish } from "./wish.ts";

/** The wire of `POST /v1/images/generations`; `model` is that of requests without one. */
export function generationProtocol(model: string): Protocol {
  return protocol("image_generation", (body) => generationRequest(body, model));
}

/** The wire of `POST /v1/images/edits`; `model` is that of requests without one. */
export function editProtocol(model: string): Protocol {
  return {
    ...protocol("image_edit", (body) => editRequest(body as Form, model)),
    takes: "form",
  };
}

function protocol(
  kind: "image_generation" | "image_edit",
  decode: (body: unknown) => DecodedDrawing,
): Protocol {
  const wishes = new WeakMap<Incoming, DrawingWish>();
  return {
    name: kind === "image_edit" ? "openai-image-edits" : "openai-images",
    decode(body, incoming) {
      const { wish, ...decoded } = decode(body);
      wishes.set(incoming, wish);
      return decoded;
    },
    encoder({ incoming }, { created }) {
      const wish = wishes.get(incoming) ?? plainWish;
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
