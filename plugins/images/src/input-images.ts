import { type Form, type FormFile, type MediaPart, wrong } from "@agproxy/core";

/** The images to edit: SDKs name one `image` and several `image[]`. Throws where there is none. */
export function inputImages({ files }: Form): readonly MediaPart[] {
  const images = files.filter(({ field }) => /^image(\[\d*\])?$/.test(field));
  if (images.length === 0) throw wrong("image", "a file of the form");
  return images.map(mediaPart);
}

function mediaPart({ filename, mimeType, data }: FormFile): MediaPart {
  const source = { kind: "data", data } as const;
  const part = { type: "media", media: "image", source, filename } as const;
  // What an SDK says where it does not know; the upstream tells by the name or the content.
  const unknown = mimeType === "" || mimeType === "application/octet-stream";
  return unknown ? part : { ...part, mimeType };
}
