import {
  type ChatRequest,
  type Decoded,
  type Form,
  type ImageOptions,
  type MediaPart,
  Fields,
} from "@agproxy/core";
import { ignoredIn } from "./ignored-fields.ts";
import { inputImages } from "./input-images.ts";
import { drawingWish, type DrawingWish } from "./wish.ts";

export interface DecodedDrawing extends Decoded {
  readonly wish: DrawingWish;
}

/**
 * Reads the body of `POST /v1/images/generations`. Throws `invalid_request` with `param`.
 * Source: https://platform.openai.com/docs/api-reference/images/create
 */
export function generationRequest(body: unknown, model: string): DecodedDrawing {
  return drawing(Fields.of(body, ""), [], model);
}

/**
 * Reads the form of `POST /v1/images/edits`. Throws `invalid_request` with `param`.
 * Source: https://platform.openai.com/docs/api-reference/images/createEdit
 */
export function editRequest(form: Form, model: string): DecodedDrawing {
  const { ignored = [], ...decoded } = drawing(Fields.ofForm(form), inputImages(form), model);
  const masked = form.files.some(({ field }) => field === "mask");
  return { ...decoded, ignored: masked ? ["mask", ...ignored] : ignored };
}

function drawing(
  fields: Fields,
  images: readonly MediaPart[],
  defaultModel: string,
): DecodedDrawing {
  const text = fields.name("prompt");
  const model = fields.string("model") || defaultModel;
  const wish = drawingWish(fields, model);
  const user = fields.string("user");
  const image = imageOptions(fields);
  const google = fields.peek("google") ?? fields.peek("extra_body")?.peek("google");
  const request: ChatRequest = {
    model,
    messages: [{ role: "user", content: [...images, { type: "text", text }] }],
    stream: fields.boolean("stream") ?? false,
    sampling: wish.count === 1 ? {} : { choices: wish.count },
    modalities: ["image"],
    // This API has no field for thoughts.
    reasoning: { include: false },
    ...(image === undefined ? {} : { image }),
    ...(user === undefined || user === "" ? {} : { user }),
    ...(google === undefined ? {} : { extensions: { google: google.values } }),
  };
  return { request, ignored: ignoredIn(fields), wish };
}

/** `auto` leaves it to the model, and so does saying nothing. */
function imageOptions(fields: Fields): ImageOptions | undefined {
  const wishes = {
    size: fields.string("size"),
    quality: fields.string("quality"),
    aspectRatio: fields.string("aspect_ratio"),
  };
  const said = Object.entries(wishes).filter(([, wish]) => wish && wish.toLowerCase() !== "auto");
  return said.length === 0 ? undefined : Object.fromEntries(said);
}
