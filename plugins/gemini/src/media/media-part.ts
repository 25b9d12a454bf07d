import { AgproxyError, mediaTypeOfContent, mediaTypeOfName, type MediaPart } from "@agproxy/core";
import type { GeminiPart } from "../wire.ts";
import { geminiMediaType } from "./media-type.ts";

const filesUrl = "https://generativelanguage.googleapis.com/v1beta/";

const typesByKind: Readonly<Record<MediaPart["media"], string>> = {
  image: "image/jpeg",
  audio: "audio/wav",
  video: "video/mp4",
  file: "application/octet-stream",
};

/**
 * A part with media: the bytes where there are bytes, else a link that Gemini follows itself.
 * Throws `invalid_request` for a link to anything but the web or Google's storage.
 */
export function mediaPart(part: MediaPart): GeminiPart {
  const { source } = part;
  if (source.kind === "data") return inline(part, part.mimeType, source.data);
  if (source.kind === "file") return linked(part, fileUri(source.id));
  const inlined = /^data:([^,]*),(.*)$/is.exec(source.url);
  if (inlined === null) return linked(part, source.url);
  const [, head = "", content = ""] = inlined;
  const [type = ""] = head.split(";", 1);
  const base64 = /;\s*base64\s*(?:;|$)/i.test(head);
  const data = base64 ? content : Buffer.from(decoded(content)).toString("base64");
  return inline(part, type === "" ? part.mimeType : withoutEncoding(head), data);
}

function withoutEncoding(head: string): string {
  return head.replace(/;\s*base64\s*$/i, "");
}

function inline(part: MediaPart, mimeType: string | undefined, data: string): GeminiPart {
  const own = mimeType === undefined ? undefined : geminiMediaType(mimeType);
  const told = own || mediaTypeOfName(part.filename ?? "") || mediaTypeOfContent(data);
  return { inlineData: { mimeType: told ?? typesByKind[part.media], data } };
}

function linked(part: MediaPart, uri: string): GeminiPart {
  if (!/^(https?|gs):\/\//i.test(uri)) {
    throw new AgproxyError("invalid_request", "A media link is neither http(s), gs nor data.", {
      param: "messages",
      advice: "Send the media as a data URL, or as a link that starts with https://.",
    });
  }
  const path = uri.replace(/[?#].*$/s, "");
  const guess = mediaTypeOfName(path);
  // Google knows the types of its own files; for a picture on the web it must be told one.
  const otherwise = part.media === "image" && !uri.startsWith(filesUrl) ? "image/jpeg" : undefined;
  const own = part.mimeType === undefined ? undefined : geminiMediaType(part.mimeType);
  const mimeType = own ?? guess ?? otherwise;
  return { fileData: { fileUri: uri, ...(mimeType === undefined ? {} : { mimeType }) } };
}

function fileUri(id: string): string {
  if (/^\w+:\/\//.test(id)) return id;
  if (id.startsWith("files/")) return filesUrl + id;
  return `${filesUrl}files/${encodeURIComponent(id.toWellFormed())}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
