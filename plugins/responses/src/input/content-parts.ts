import {
  defined,
  type MediaPart,
  type RefusalPart,
  type TextPart,
  Fields,
  fromFileContent,
  fromUrl,
  type Located,
} from "@agproxy/core";
import type { Ignored } from "./ignored.ts";

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

/** One part. A type nobody knows is passed on as it is written, and named. */
export function contentPart(part: Fields, ignored: Ignored): ContentPart {
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
      ignored.add(`${part.at.replaceAll(/\[\d+\]/g, "")}.${type ?? "untyped"}`);
      return { type: "text", text: part.json() };
  }
}

function image(part: Fields): Omit<MediaPart, "type" | "media"> {
  const url = part.string("image_url");
  const detail = defined({ detail: part.string("detail") });
  if (url !== undefined) return { ...fromUrl(url, part.path("image_url")), ...detail };
  return { ...held(part, "an image_url or a file_id"), ...detail };
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
  return { ...held(part, "a file_data, a file_url or a file_id"), ...named };
}

/** A file that the vendor already holds. */
function held(part: Fields, expected: string): Located {
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
