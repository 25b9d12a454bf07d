import type { MediaSource } from "../vocabulary/chat.ts";
import { wrong } from "./fields.ts";
import { mediaTypeOfName } from "./media-type.ts";

/** Where a medium is, and its media type if known. */
export interface Located {
  readonly source: MediaSource;
  readonly mimeType?: string;
}

/** A URL whose scheme names a host or a bucket. `file:` names this machine, so it is none. */
const remoteUrl = /^(?!file:)[a-z][a-z0-9+.-]*:\/\/[^/]/i;

/**
 * Where a medium is, from the URL a client gave for it. A URL of any remote scheme is carried as it is: the upstream
 * knows which of them it can read. Throws `invalid_request` for a path or a `file:` URL, which would be read on this
 * machine.
 *
 * @example
 * fromUrl("data:image/png;base64,iVBO", "image_url"); // { source: { kind: "data", data: "iVBO" }, mimeType: "image/png" }
 */
export function fromUrl(url: string, param: string): Located {
  if (/^data:/i.test(url)) return fromDataUrl(url, param);
  if (remoteUrl.test(url)) return { source: { kind: "url", url } };
  throw wrong(param, "a data: URL or one of another machine, such as https:");
}

/** Source: RFC 2397. */
function fromDataUrl(url: string, param: string): Located {
  const comma = url.indexOf(",");
  if (comma === -1) throw wrong(param, "a data: URL with a comma before its content");
  // Not split: a head may be megabytes of semicolons.
  const head = url.slice("data:".length, comma);
  const [mime = ""] = head.split(";", 1);
  const content = url.slice(comma + 1);
  const isBase64 = /^;\s*base64\s*$/i.test(head.slice(Math.max(head.lastIndexOf(";"), 0)));
  const data = isBase64 ? content : base64(content, param);
  const mimeType = mime.trim().toLowerCase();
  return mimeType === ""
    ? { source: { kind: "data", data } }
    : { source: { kind: "data", data }, mimeType };
}

function base64(percentEncoded: string, param: string): string {
  try {
    return Buffer.from(decodeURIComponent(percentEncoded)).toString("base64");
  } catch {
    throw wrong(param, "a data: URL that is base64 or percent-encoded UTF-8");
  }
}

/** A file from its content: a `data:` URL or bare base64, whose media type only the file's name tells. */
export function fromFileContent(
  content: string,
  filename: string | undefined,
  param: string,
): Located {
  if (/^data:/i.test(content)) return fromDataUrl(content, param);
  const mimeType = mediaTypeOfName(filename ?? "");
  const source = { kind: "data", data: content } as const;
  return mimeType === undefined ? { source } : { source, mimeType };
}
