import {
  defined,
  type MediaPart,
  type RefusalPart,
  type TextPart,
  Fields,
  fromFileContent,
  fromUrl,
  type Located,
  mediaTypeOfContent,
  type CodePart,
  type CodeResultPart,
} from "@agproxy/core";
import { foreignPart, unknownText, withMedia, Ignored } from "@agproxy/plugin-openai-wire";

export type ContentPart = TextPart | MediaPart | RefusalPart;

/**
 * The content of a message or of a tool's output: a string, or parts.
 * Source: https://platform.openai.com/docs/api-reference/responses/create, `input`
 */
export function contentParts(owner: Fields, key: string, ignored: Ignored): readonly ContentPart[] {
  const content = owner.get(key);
  if (content === undefined) return [];
  if (typeof content === "string") return [{ type: "text", text: content }];
  if (Array.isArray(content)) return owner.objects(key).map((part) => contentPart(part, ignored));
  throw owner.wrong(key, "a string or an array of parts");
}

/** A part of unknown type is passed on as JSON, and named; a large one is refused. */
function contentPart(part: Fields, ignored: Ignored): ContentPart {
  const type = part.string("type");
  switch (type) {
    case "input_text":
    case "output_text":
    case "text":
    case "summary_text":
    case "reasoning_text":
      return { type: "text", text: part.string("text") ?? "" };
    case "refusal":
      return { type: "refusal", text: part.string("refusal") ?? "" };
    case "input_image":
    case "computer_screenshot":
      return { type: "media", media: "image", ...image(part) };
    case "input_file":
      return { type: "media", media: "file", ...file(part) };
    case "input_audio":
      return { type: "media", media: "audio", ...audio(part) };
    default:
  }
  const video = type === "input_video" ? part.string("video_url") : undefined;
  if (video !== undefined) {
    return { type: "media", media: "video", ...fromUrl(video, part.path("video_url")) };
  }
  const foreign = type === undefined || foreignTypes.test(type) ? foreignPart(part) : undefined;
  if (foreign !== undefined) return foreign;
  ignored.add(`${part.at.replaceAll(/\[\d+\]/g, "")}.${type ?? "untyped"}`);
  return { type: "text", text: unknownText(part, advice) };
}

const advice = "Send media as `input_image`, `input_audio` or `input_file`.";

/** The types of media in the chat API, in other APIs and in frameworks. Google's parts have none. */
const foreignTypes = /^(?:image|audio|video|file|document|media)/;

function image(part: Fields): Omit<MediaPart, "type" | "media"> {
  const url = part.string("image_url");
  const detail = defined({ detail: part.string("detail") });
  if (url !== undefined) return { ...fromUrl(url, part.path("image_url")), ...detail };
  return { ...storedFile(part, "an image_url or a file_id"), ...detail };
}

function file(part: Fields): Omit<MediaPart, "type" | "media"> {
  const filename = part.string("filename");
  const content = part.string("file_data");
  const url = part.string("file_url");
  const named = defined({ filename });
  if (content !== undefined) {
    return { ...fromFileContent(content, filename, part.path("file_data")), ...named };
  }
  if (url !== undefined) return { ...fromUrl(url, part.path("file_url")), ...named };
  return { ...storedFile(part, "a file_data, a file_url or a file_id"), ...named };
}

/** A file that is stored at the vendor. */
function storedFile(part: Fields, expected: string): Located {
  const id = part.string("file_id");
  if (id === undefined) throw part.wrong("file_id", `given: the part needs ${expected}`);
  return { source: { kind: "file", id } };
}

function audio(part: Fields): Omit<MediaPart, "type" | "media"> {
  const input = Fields.of(part.get("input_audio"), part.path("input_audio"));
  const data = input.name("data");
  if (data.startsWith("data:")) return fromUrl(data, input.path("data"));
  const mimeType = `audio/${input.string("format") ?? "wav"}`;
  return { source: { kind: "data", data }, mimeType };
}

/** The output of a tool: a text, or parts. An object that is no part becomes JSON text. */
export function resultContent(item: Fields, ignored: Ignored): readonly (TextPart | MediaPart)[] {
  const output = item.get("output");
  if (Array.isArray(output)) return withMedia(listedResult(item, ignored), false);
  if (typeof output !== "object")
    return withMedia(contentParts(item, "output", ignored).map(asText), false);
  const part = Fields.of(output, item.path("output"));
  return part.get("type") === "computer_screenshot"
    ? [asText(contentPart(part, ignored))]
    : [{ type: "text", text: part.json() }];
}

/** The outputs of a shell are objects without a type. They become JSON text, which is all they say: none is ignored. */
function listedResult(item: Fields, ignored: Ignored): readonly (TextPart | MediaPart)[] {
  const parts = item.objects("output");
  const noted = parts.some(isUntyped) ? new Ignored() : ignored;
  return parts.map((part) =>
    isUntyped(part) ? { type: "text", text: part.json() } : asText(contentPart(part, noted)),
  );
}

function isUntyped({ values }: Fields): boolean {
  return !("type" in values);
}

function asText(part: ContentPart): TextPart | MediaPart {
  return part.type === "refusal" ? { ...part, type: "text" } : part;
}

/** A picture of an earlier turn. Its item does not name the media type. */
export function imageParts(item: Fields): readonly MediaPart[] {
  const data = item.string("result");
  if (data === undefined || data === "") return [];
  const found = mediaTypeOfContent(data);
  const mimeType = found?.startsWith("image/") === true ? found : undefined;
  const source = { kind: "data", data } as const;
  return [{ type: "media", media: "image", source, ...defined({ mimeType }) }];
}

/** Code of an earlier turn, with what it printed. The API has only Python. */
export function codeParts(item: Fields): readonly (CodePart | CodeResultPart)[] {
  const code = item.string("code");
  const outputs = item.list("outputs") === undefined ? [] : item.objects("outputs");
  const printed = outputs.flatMap((output) => output.string("logs") ?? []);
  const ran: CodePart[] =
    code === undefined || code === "" ? [] : [{ type: "code", language: "python", code }];
  if (printed.length === 0) return ran;
  const outcome = outcomes.get(item.get("status")) ?? "ok";
  return [...ran, { type: "code-result", outcome, output: printed.join("\n") }];
}

const outcomes: ReadonlyMap<unknown, CodeResultPart["outcome"]> = new Map([
  ["failed", "failed"],
  ["incomplete", "timeout"],
]);
