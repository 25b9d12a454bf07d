import {
  AgproxyError,
  defined,
  type JsonObject,
  type MediaPart,
  mediaTypeOfContent,
  mediaTypeOfName,
} from "@agproxy/core";
import type { ServerKind } from "../servers.ts";

/**
 * A medium as an entry of a message's content. Throws `invalid_request` for one that the wire has no form for.
 * Source: https://platform.openai.com/docs/api-reference/chat/create#chat-create-messages
 */
export function wireMedia(part: MediaPart, server: ServerKind): JsonObject {
  switch (part.media) {
    case "image":
      return image(part);
    case "audio":
      return audio(part, server);
    case "video":
      // vLLM's and OpenRouter's.
      return { type: "video_url", video_url: { url: address(part, "video/mp4") } };
    case "file":
      return file(part, server);
  }
}

function image(part: MediaPart): JsonObject {
  const { detail } = part;
  return { type: "image_url", image_url: defined({ url: address(part, "image/jpeg"), detail }) };
}

const audioFormats: Readonly<Record<string, string>> = {
  mpeg: "mp3",
  mpga: "mp3",
  "x-wav": "wav",
  wave: "wav",
  "vnd.wave": "wav",
};

function audio(part: MediaPart, server: ServerKind): JsonObject {
  const { source } = part;
  if (source.kind === "url" && server.modalities) throw unreachable("an audio link");
  if (source.kind === "file") throw unreachable("an uploaded audio file");
  if (source.kind === "url") return { type: "audio_url", audio_url: { url: source.url } };
  const [, type = "wav"] = mediaType(part, "audio/wav").split(/[/;]/, 2);
  const format = audioFormats[type] ?? type;
  return { type: "input_audio", input_audio: { data: source.data, format } };
}

function file(part: MediaPart, server: ServerKind): JsonObject {
  const { source, filename } = part;
  if (source.kind === "file") return { type: "file", file: { file_id: source.id } };
  const named = defined({ filename });
  if (source.kind === "data") {
    const content = dataUrl(source.data, mediaType(part, "application/octet-stream"));
    return { type: "file", file: { ...named, file_data: content } };
  }
  if (server.isGateway) return { type: "file", file: { ...named, file_url: source.url } };
  // OpenRouter follows links in this field.
  return { type: "file", file: { ...named, file_data: source.url } };
}

/** A link, or the bytes as one. */
function address(part: MediaPart, otherwise: string): string {
  const { source } = part;
  if (source.kind === "url") return source.url;
  if (source.kind === "data") return dataUrl(source.data, mediaType(part, otherwise));
  throw unreachable(`an uploaded ${part.media}`);
}

/** A medium's bytes as a link. */
function dataUrl(content: string, mimeType: string): string {
  return `data:${mimeType};base64,${content}`;
}

function mediaType({ mimeType, filename = "", source }: MediaPart, otherwise: string): string {
  const content = source.kind === "data" ? source.data : "";
  return mimeType ?? mediaTypeOfName(filename) ?? mediaTypeOfContent(content) ?? otherwise;
}

function unreachable(what: string): AgproxyError {
  return new AgproxyError("invalid_request", `The server takes no ${what.replace(/^an? /, "")}.`, {
    param: "messages",
    advice: "Send the content itself, as a data: URL or in base64.",
  });
}
