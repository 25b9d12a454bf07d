import {
  defined,
  type Fields,
  fromFileContent,
  fromUrl,
  type Located,
  mediaKindOf,
  type MediaPart,
  type TextPart,
} from "@agproxy/core";

/** A part in the words of another API: a text or a medium. Undefined where it holds neither. */
export function foreignPart(part: Fields): TextPart | MediaPart | undefined {
  const inner = part.get("text") ?? plainSource(part);
  return typeof inner === "string" ? { type: "text", text: inner } : foreignMedia(part);
}

/** The text of a document block that holds it as it is. */
function plainSource(part: Fields): unknown {
  const source = part.peek("source");
  return source?.get("type") === "text" ? source.get("data") : undefined;
}

/**
 * A medium in the words of another API or framework, which clients carry over: Anthropic's blocks
 * (`{type: "image", source: {…}}`), LangChain's, the AI SDK's, Google's `inlineData` and `fileData`, and the chat API's
 * `image_url`, `video_url` and `file`.
 * Undefined where the part holds no medium.
 *
 * Sources: https://docs.claude.com/en/api/messages, https://docs.langchain.com/oss/python/langchain/messages,
 * https://ai-sdk.dev/docs/reference/ai-sdk-core/model-message, https://ai.google.dev/api/caching#Part
 */
function foreignMedia(part: Fields): MediaPart | undefined {
  const holder = holderOf(part);
  const stated = first(holder, ["media_type", "mime_type", "mimeType", "mediaType"]);
  // A field named `data` may hold anything: signed thoughts, for one.
  const isMedium = holder !== part || stated !== undefined || mediaTypes.test(typeOf(part));
  const located = isMedium ? locate(holder) : undefined;
  if (located === undefined) return undefined;
  const mimeType = located.mimeType ?? stated?.toLowerCase();
  const filename = first(part, ["filename", "title", "name"]) ?? first(holder, ["filename"]);
  return {
    type: "media",
    media: mediaOf(typeOf(part), mimeType),
    ...located,
    ...defined({ mimeType, filename }),
  };
}

const mediaTypes = /^(?:input[-_])?(?:image|audio|video|file|document|media)(?:[-_]|$)/;

function typeOf(part: Fields): string {
  const type = part.get("type");
  return typeof type === "string" ? type : "";
}

/** The object that says where the content is: the part itself, or one inside it. */
function holderOf(part: Fields): Fields {
  const google = ["inlineData", "inline_data", "fileData", "file_data"];
  const inner = ["source", ...google, "image_url", "video_url", "file"];
  return inner.map((key) => part.peek(key)).find((fields) => fields !== undefined) ?? part;
}

function locate(holder: Fields): Located | undefined {
  const url = first(holder, ["url", "fileUri", "file_uri", "image_url", "video_url", "file_url"]);
  if (url !== undefined) return fromUrl(url, holder.at);
  const content = first(holder, ["data", "base64", "image", "file_data"]);
  if (content !== undefined) {
    if (/^(?:data|https?):/i.test(content)) return fromUrl(content, holder.at);
    if (holder.get("type") === "text") return undefined;
    return fromFileContent(content, first(holder, ["filename"]), holder.at);
  }
  const id = first(holder, ["file_id", "fileId"]);
  return id === undefined ? undefined : { source: { kind: "file", id } };
}

/** The first of some fields that holds text. */
function first(fields: Fields, keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const value = fields.get(key);
    if (typeof value === "string" && value !== "") return value;
  }
  return undefined;
}

/** A type such as `image-url` begins with the kind. */
function mediaOf(type: string, mimeType = ""): MediaPart["media"] {
  const kind = mediaKindOf(mimeType);
  const [beginning = ""] = type.split(/[-_]/, 1);
  return kind === "file" ? mediaKindOf(beginning) : kind;
}
