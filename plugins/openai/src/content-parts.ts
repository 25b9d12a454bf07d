import {
  defined,
  type MediaPart,
  type Part,
  type TextPart,
  Fields,
  wrong,
  fromFileContent,
  fromUrl,
  type Located,
} from "@agproxy/core";
import { foreignPart, signatureIn, unknownText } from "@agproxy/plugin-openai-wire";

/**
 * A message's content: a string, a list of parts or, as some clients send it, a single part. `noteIgnored` gets the
 * path of each part that is not understood.
 */
export function contentParts(
  fields: Fields,
  key: string,
  noteIgnored: (path: string) => void,
): readonly Part[] {
  const content = fields.get(key);
  if (content === undefined || content === "") return [];
  if (typeof content === "string") return [{ type: "text", text: content }];
  const at = fields.path(key);
  if (Array.isArray(content)) {
    return content.flatMap(
      (part: unknown, index) => contentPart(part, `${at}[${index}]`, noteIgnored) ?? [],
    );
  }
  if (typeof content === "object") {
    return [contentPart(content, at, noteIgnored)].flatMap((part) => part ?? []);
  }
  throw wrong(at, "a string or an array of parts");
}

type Reader = (part: Fields) => Part | undefined;

/** By type: the chat API's own words, and the Responses API's, which clients mix in. */
const readers: ReadonlyMap<unknown, Reader> = new Map<unknown, Reader>([
  ["text", text],
  ["input_text", text],
  ["output_text", text],
  ["image_url", image],
  ["input_image", image],
  ["input_audio", audio],
  ["video_url", video],
  ["file", file],
  ["input_file", file],
  ["refusal", (part) => ({ type: "refusal", text: part.string("refusal") ?? "" })],
  ["reasoning", (part) => ({ type: "reasoning", text: part.string("text") ?? "" })],
  ["thinking", (part) => ({ type: "reasoning", text: part.string("thinking") ?? "" })],
]);

const advice = "Send media as `image_url`, `input_audio`, `video_url` or `file`.";

function contentPart(
  value: unknown,
  at: string,
  noteIgnored: (path: string) => void,
): Part | undefined {
  if (value === null) return undefined;
  if (typeof value === "string") return { type: "text", text: value };
  const part = Fields.of(value, at);
  const known = readers.get(part.get("type"))?.(part) ?? foreignPart(part);
  if (known === undefined) noteIgnored(at);
  const read = known ?? { type: "text", text: unknownText(part, advice) };
  const signature = signatureIn(part.values);
  return signature === undefined ? read : { ...read, signature };
}

function text(part: Fields): TextPart {
  return { type: "text", text: part.string("text") ?? "" };
}

function media(kind: MediaPart["media"], located: Located, more: Partial<MediaPart>): MediaPart {
  return { type: "media", media: kind, ...located, ...more };
}

function fileId(fields: Fields): Located | undefined {
  const id = fields.string("file_id");
  return id === undefined || id === "" ? undefined : { source: { kind: "file", id } };
}

/** `{url}` under the key, or a bare URL. */
function url(part: Fields, key: string): Located | undefined {
  const bare = typeof part.get(key) === "string";
  const holder = bare ? part : part.object(key);
  const field = bare ? key : "url";
  const value = holder?.string(field);
  if (holder === undefined || value === undefined || value === "") return undefined;
  return fromUrl(value, bare ? part.path(key) : holder.path(field));
}

function image(part: Fields): MediaPart | undefined {
  const located = url(part, "image_url") ?? fileId(part);
  if (located === undefined) return undefined;
  const detail = part.string("detail") ?? part.peek("image_url")?.string("detail");
  return media("image", located, defined({ detail }));
}

function video(part: Fields): MediaPart | undefined {
  const located = url(part, "video_url");
  return located === undefined ? undefined : media("video", located, {});
}

function audio(part: Fields): MediaPart | undefined {
  const input = part.nested("input_audio");
  const content = input.string("data");
  if (content === undefined || content === "") return undefined;
  if (/^data:/i.test(content)) return media("audio", fromUrl(content, input.path("data")), {});
  const source = { kind: "data", data: content } as const;
  const format = input.string("format") ?? "";
  if (format === "") return media("audio", { source }, {});
  const mimeType = format.includes("/") ? format : `audio/${format}`;
  return media("audio", { source, mimeType }, {});
}

function file(part: Fields): MediaPart | undefined {
  const holder = part.nested("file");
  const filename = holder.string("filename");
  const content = holder.string("file_data");
  const located =
    content === undefined || content === ""
      ? (url(holder, "file_url") ?? fileId(holder))
      : fromFileContent(content, filename, holder.path("file_data"));
  return located === undefined ? undefined : media("file", located, defined({ filename }));
}
