import type { ChatRequest, MediaPart, Part } from "@agproxy/core";
import type { Medium } from "./medium-fetch.ts";
import { fits } from "./pattern.ts";

/** A part whose content is elsewhere on the web. */
export interface Link {
  readonly url: string;
  /** Where it stands in the request. */
  readonly param: string;
  readonly media: MediaPart["media"];
}

/** The links of a request, in order, without those that fit a pattern of `leave`. */
export function links(request: ChatRequest, leave: readonly string[]): readonly Link[] {
  return request.messages.flatMap(({ content }, index) =>
    linksIn(content, `messages[${index}].content`, leave),
  );
}

function linksIn(parts: readonly Part[], at: string, leave: readonly string[]): readonly Link[] {
  return parts.flatMap((part, index) => {
    const param = `${at}[${index}]`;
    if (part.type === "tool-result") return linksIn(part.content, `${param}.content`, leave);
    if (part.type !== "media" || part.source.kind !== "url") return [];
    const { url } = part.source;
    if (!/^https?:/i.test(url) || isLeft(url, leave)) return [];
    return [{ url, param, media: part.media }];
  });
}

function isLeft(url: string, leave: readonly string[]): boolean {
  const plain = URL.canParse(url) ? new URL(url).href : url;
  return leave.some((pattern) => fits(pattern, plain));
}

/** The request with content in place of the links that `media` knows. */
export function withMedia(request: ChatRequest, media: ReadonlyMap<string, Medium>): ChatRequest {
  const messages = request.messages.map((message) => ({
    ...message,
    content: message.content.map((part) => replaced(part, media)),
  }));
  return { ...request, messages };
}

function replaced(part: Part, media: ReadonlyMap<string, Medium>): Part {
  if (part.type === "media") return loaded(part, media);
  if (part.type !== "tool-result") return part;
  const content = part.content.map((each) => (each.type === "media" ? loaded(each, media) : each));
  return { ...part, content };
}

function loaded(part: MediaPart, media: ReadonlyMap<string, Medium>): MediaPart {
  const medium = part.source.kind === "url" ? media.get(part.source.url) : undefined;
  if (medium === undefined) return part;
  const { mimeType, data } = medium;
  return { ...part, mimeType, source: { kind: "data", data } };
}
