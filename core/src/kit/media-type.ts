import type { MediaPart } from "../vocabulary/chat.ts";

/** Media types by extension. A container for audio or video, such as WebM, counts as video. */
const typesByExtension: ReadonlyMap<string, string> = new Map([
  ["aac", "audio/aac"],
  ["csv", "text/csv"],
  ["flac", "audio/flac"],
  ["gif", "image/gif"],
  ["heic", "image/heic"],
  ["heif", "image/heif"],
  ["htm", "text/html"],
  ["html", "text/html"],
  ["jpeg", "image/jpeg"],
  ["jpg", "image/jpeg"],
  ["json", "application/json"],
  ["m4a", "audio/m4a"],
  ["md", "text/markdown"],
  ["mov", "video/mov"],
  ["mp3", "audio/mp3"],
  ["mp4", "video/mp4"],
  ["mpeg", "video/mpeg"],
  ["mpga", "audio/mpeg"],
  ["oga", "audio/ogg"],
  ["ogg", "audio/ogg"],
  ["opus", "audio/ogg"],
  ["pdf", "application/pdf"],
  ["png", "image/png"],
  ["txt", "text/plain"],
  ["wav", "audio/wav"],
  ["webm", "video/webm"],
  ["webp", "image/webp"],
  ["xml", "text/xml"],
]);

/**
 * The media type that a file's name or a URL's path tells; undefined where the extension is unknown.
 *
 * @example mediaTypeOfName("cat.JPG") // "image/jpeg"
 */
export function mediaTypeOfName(name: string): string | undefined {
  return typesByExtension.get(name.slice(name.lastIndexOf(".") + 1).toLowerCase());
}

/**
 * The vocabulary's word for media of this type.
 *
 * @example mediaKindOf("image/png") // "image"
 */
export function mediaKindOf(mimeType: string): MediaPart["media"] {
  const [kind] = mimeType.split("/", 1);
  return kind === "image" || kind === "audio" || kind === "video" ? kind : "file";
}

/** Media types by the first bytes, read as Latin-1. Source: https://mimesniff.spec.whatwg.org/#matching-a-mime-type-pattern */
const typesByBeginning: readonly (readonly [RegExp, string])[] = [
  [/^\x89PNG/, "image/png"],
  [/^\xff\xd8\xff/, "image/jpeg"],
  [/^GIF8[79]a/, "image/gif"],
  [/^RIFF.{4}WEBP/s, "image/webp"],
  [/^.{4}ftyp(?:heic|heix)/s, "image/heic"],
  [/^.{4}ftypM4A /s, "audio/mp4"],
  [/^.{4}ftyp/s, "video/mp4"],
  [/^\x1a\x45\xdf\xa3/, "video/webm"],
  [/^RIFF.{4}WAVE/s, "audio/wav"],
  [/^ID3/, "audio/mpeg"],
  [/^OggS/, "audio/ogg"],
  [/^fLaC/, "audio/flac"],
  [/^%PDF-/, "application/pdf"],
];

/** As many as the patterns above need. */
const beginningBytes = 16;

/**
 * The media type that a file's first bytes show; undefined where they show none.
 *
 * @param content bytes, or base64 text as the vocabulary holds media
 * @example mediaTypeOfContent("iVBORw0KGgo=") // "image/png"
 */
export function mediaTypeOfContent(content: Uint8Array | string): string | undefined {
  const bytes =
    typeof content === "string"
      ? Buffer.from(content.slice(0, (beginningBytes / 2) * 3), "base64")
      : Buffer.from(content.subarray(0, beginningBytes));
  const beginning = bytes.toString("latin1");
  return typesByBeginning.find(([begins]) => begins.test(beginning))?.[1];
}
