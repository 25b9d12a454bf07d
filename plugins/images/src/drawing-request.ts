import {
  type ChatRequest,
  type Decoded,
  defined,
  type Form,
  type ImageOptions,
  type MediaPart,
  Fields,
  type FormFile,
  wrong,
} from "@agproxy/core";
import { vendorExtensions } from "@agproxy/plugin-openai-wire";

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
  const request: ChatRequest = {
    model,
    messages: [{ role: "user", content: [...images, { type: "text", text }] }],
    stream: fields.boolean("stream") ?? false,
    sampling: wish.count === 1 ? {} : { choices: wish.count },
    modalities: ["image"],
    // This API has no field for thoughts.
    reasoning: { include: false },
    ...defined({
      image: imageOptions(fields),
      user: fields.string("user") || undefined,
      extensions: vendorExtensions(fields),
    }),
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

/** The images to edit: SDKs name one `image` and several `image[]`. Throws where there is none. */
function inputImages({ files }: Form): readonly MediaPart[] {
  const images = files.filter(({ field }) => /^image(\[\d*\])?$/.test(field));
  if (images.length === 0) throw wrong("image", "a file of the form");
  return images.map(mediaPart);
}

function mediaPart({ filename, mimeType, data }: FormFile): MediaPart {
  const source = { kind: "data", data } as const;
  const part = { type: "media", media: "image", source, filename } as const;
  // SDKs send this type where they do not know; the upstream goes by the name or the content.
  const unknown = mimeType === "" || mimeType === "application/octet-stream";
  return unknown ? part : { ...part, mimeType };
}

/** Fields that no Gemini model can honour. The README lists them too. */
const unhonoured: readonly string[] = [
  "background",
  "input_fidelity",
  "moderation",
  "output_compression",
  "output_format",
  // A model that draws in one go has nothing to show in between.
  "partial_images",
  "style",
];

/** Forms have the number as text. */
const asksNothing: ReadonlySet<unknown> = new Set(["auto", "", false, 0, "0"]);

/** Ignored fields that ask for something: `auto` does not. */
function ignoredIn(fields: Fields): readonly string[] {
  return unhonoured.filter((name) => {
    const value = fields.get(name);
    return value !== undefined && !asksNothing.has(value);
  });
}

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
function drawingWish(fields: Fields, model: string): DrawingWish {
  const count = fields.integer("n", 1, 10) ?? 1;
  const quality = fields.string("quality");
  const known = (["low", "medium", "high"] as const).find((name) => name === quality) ?? "auto";
  return { count, asUrl: asUrl(fields, model), quality: known };
}

/** The default format: clients of the older models expect a URL, clients of newer ones base64. */
function asUrl(fields: Fields, model: string): boolean {
  const format = fields.string("response_format");
  if (format === undefined || format === "") return /^dall-e-[23]$/i.test(model);
  if (format === "url" || format === "b64_json") return format === "url";
  throw wrong("response_format", '"url" or "b64_json"');
}
